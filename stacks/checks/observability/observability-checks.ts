import { LATE_SECONDS } from '../../observability/alarm.ts';
import { readPolicy } from '../access/policy-document.ts';
import { block, blocks, strings, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import { expressionsOf, fillsWithNumber } from '../compute/scaling-checks.ts';
import type { Inventory, Resource } from '../inventory.ts';

const ACL = ['aws_wafv2_web_acl'];
const ALARM = 'aws_cloudwatch_metric_alarm';
const TARGET = 'aws_cloudwatch_event_target';

/** The topic that an event target sends to; undefined for other targets. */
const topicOf = ({ values }: Resource, inventory: Inventory) => inventory.named('aws_sns_topic', values.arn, 'arn');

/** Whether EventBridge may publish to a topic without a condition. */
const allowsEventBridge = (topic: Resource, inventory: Inventory): boolean =>
  inventory
    .pointingAt(topic, 'aws_sns_topic_policy', 'arn', 'arn')
    .flatMap(({ values }) => readPolicy(values.policy, inventory) ?? [])
    .some(
      ({ allows, actions, principals, conditions }) =>
        allows &&
        actions.includes('sns:Publish') &&
        conditions.length === 0 &&
        principals.some(({ identifiers }) => identifiers.includes('events.amazonaws.com')),
    );

const certificateOf = ({ values }: Resource): string =>
  text(values.certificate_arn) || text(block(values, 'viewer_certificate')?.acm_certificate_arn);

/** How many seconds of data may be missing while the alarm can still go off. */
function spareSeconds({ values }: Resource): number {
  const periods = toNumber(values.evaluation_periods) ?? 1;
  const datapoints = toNumber(values.datapoints_to_alarm) ?? periods;
  const [first] = blocks(values, 'metric_query').flatMap((query) => blocks(query, 'metric'));
  return (periods - datapoints) * (toNumber(first?.period) ?? 60);
}

/** Web ACLs, alarms and notices by mail. */
export const OBSERVABILITY_CHECKS: Check[] = [
  {
    id: 'IMG-WAF-001',
    of: ACL,
    reason: 'It would block all requests that no rule allows, which is all of them.',
    remedy: 'make allow the default action, and block by rules.',
    find: ({ values }) => block(values, 'default_action', 'allow') === undefined && 'its default action is not allow',
  },
  {
    id: 'IMG-WAF-002',
    of: ACL,
    reason: 'It costs $5 a month and blocks nothing.',
    remedy: 'add a rule that blocks, or remove the web ACL.',
    find: ({ values }) => blocks(values, 'rule').length === 0 && 'it has no rules',
  },
  {
    id: 'IMG-WAF-003',
    of: ACL,
    reason:
      'Behind a CDN all clients share its few addresses, so together they reach the limit for one address, and everybody gets 429.',
    remedy: 'limit only requests that do not come from the CDN, which web-acl.ts recognises by its secret.',
    find: ({ values }, { settings }) =>
      settings?.cdn.enabled === true &&
      text(values.scope) === 'REGIONAL' &&
      blocks(values, 'rule').some((rule) => {
        const limit = block(rule, 'statement', 'rate_based_statement');
        return limit !== undefined && block(limit, 'scope_down_statement') === undefined;
      }) &&
      'its rate limit includes requests from the CDN',
  },
  {
    id: 'IMG-OBS-001',
    of: [ALARM],
    reason: 'The alarm would go off, and nobody would be notified.',
    remedy: 'set alarm_actions, or use it in a composite alarm that has some.',
    find: ({ values, address }, { inventory, settings }) =>
      (settings?.observability.alarmEmails.length ?? 0) > 0 &&
      strings(values.alarm_actions).length === 0 &&
      !inventory
        .all('aws_cloudwatch_composite_alarm')
        .some(
          (composite) =>
            strings(composite.values.alarm_actions).length > 0 &&
            text(composite.values.alarm_rule).includes(`\${${address}.`),
        ) &&
      'it notifies nobody',
  },
  {
    id: 'IMG-OBS-003',
    of: [TARGET],
    reason:
      'EventBridge publishes to a topic without a role and without anything that a condition could test, so each mail would be dropped silently.',
    remedy: 'add an aws_sns_topic_policy that allows events.amazonaws.com to publish, without a Condition.',
    find(target, { inventory }) {
      const topic = topicOf(target, inventory);
      return topic && !allowsEventBridge(topic, inventory) && `${topic.path} does not allow EventBridge to publish`;
    },
  },
  {
    id: 'IMG-OBS-004',
    of: [TARGET],
    reason: 'The mail would contain the event as one line of JSON.',
    remedy: 'add an input_transformer with a sentence, as notice.ts does.',
    find: (target, { inventory }) =>
      topicOf(target, inventory) &&
      !block(target.values, 'input_transformer') &&
      'it sends a mail that nobody can read',
  },
  {
    id: 'IMG-OBS-005',
    of: ['aws_lb_listener', 'aws_cloudfront_distribution'],
    reason: 'When the certificate expires, nobody can connect, and nobody has been warned.',
    remedy: 'add an alarm by createCertificateAlarm.',
    find: (resource, { inventory }) =>
      certificateOf(resource) !== '' &&
      inventory.all(ALARM).length > 0 &&
      !inventory
        .all(ALARM)
        .some(({ values }) => block(values, 'dimensions')?.CertificateArn === certificateOf(resource)) &&
      'no alarm watches its certificate',
  },
  {
    id: 'IMG-OBS-002',
    of: [ALARM],
    reason: `Metrics come up to ${LATE_SECONDS / 60} minutes late, FILL counts missing ones as good, and so an alarm that needs all of its periods never goes off.`,
    remedy: 'remove FILL, or make evaluation_periods longer than datapoints_to_alarm by that time.',
    find: (alarm) =>
      expressionsOf(alarm).some(fillsWithNumber) &&
      spareSeconds(alarm) < LATE_SECONDS &&
      `it fills missing data, and tolerates only ${spareSeconds(alarm)} s of it`,
  },
];
