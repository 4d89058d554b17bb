import { LATE_SECONDS } from '../../observability/alarm.ts';
import { readPolicy } from '../access/policy-document.ts';
import { block, blocks, figure, strings, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import { expressionsOf, fillsWithNumber } from '../compute/scaling-checks.ts';
import type { Inventory, Resource } from '../inventory.ts';

const ACL = ['aws_wafv2_web_acl'];
const ALARM = 'aws_cloudwatch_metric_alarm';
const TARGET = 'aws_cloudwatch_event_target';

/** The topic that an event goes to, if it is one. */
const topicOf = ({ values }: Resource, inventory: Inventory) => inventory.named('aws_sns_topic', values.arn, 'arn');

/** Whether EventBridge may publish to a topic whatever is asked of it. */
const letsEventBridgeIn = (topic: Resource, inventory: Inventory): boolean =>
  inventory
    .pointingAt(topic, 'aws_sns_topic_policy', 'arn', 'arn')
    .flatMap(({ values }) => readPolicy(values.policy, inventory) ?? [])
    .some(
      ({ allows, principals, conditions }) =>
        allows &&
        conditions.length === 0 &&
        principals.some(({ identifiers }) => identifiers.includes('events.amazonaws.com')),
    );

const certificateOf = ({ values }: Resource): string =>
  text(values.certificate_arn) || text(block(values, 'viewer_certificate')?.acm_certificate_arn);

/** Seconds of an alarm's periods that need not breach. */
function spareSeconds({ values }: Resource): number {
  const periods = figure(values.evaluation_periods) ?? 1;
  const datapoints = figure(values.datapoints_to_alarm) ?? periods;
  const [first] = blocks(values, 'metric_query').flatMap((query) => blocks(query, 'metric'));
  return (periods - datapoints) * (figure(first?.period) ?? 60);
}

/** Who is let in by WAF, and who is told when something is wrong. */
export const WATCHING_CHECKS: Check[] = [
  {
    id: 'IMG-WAF-001',
    of: ACL,
    reason: 'It would turn away whoever no rule lets in, which is everybody.',
    remedy: 'allow by default, and block by rules.',
    find: ({ values }) => block(values, 'default_action', 'allow') === undefined && 'its default action is not allow',
  },
  {
    id: 'IMG-WAF-002',
    of: ACL,
    reason: 'It costs $5 a month and stops nothing.',
    remedy: 'give it a rule that blocks, or remove it.',
    find: ({ values }) => blocks(values, 'rule').length === 0 && 'it has no rules',
  },
  {
    id: 'IMG-WAF-003',
    of: ACL,
    reason:
      'Behind a CDN all clients have its few addresses: the limit of one address is met by all together, with 429 for everybody.',
    remedy:
      'narrow the rate limit of the load balancer to what does not come from the CDN, as web-acl.ts does by its secret.',
    find: ({ values }, { settings }) =>
      settings?.cdn.enabled === true &&
      text(values.scope) === 'REGIONAL' &&
      blocks(values, 'rule').some((rule) => {
        const limit = block(rule, 'statement', 'rate_based_statement');
        return limit !== undefined && block(limit, 'scope_down_statement') === undefined;
      }) &&
      'it limits the rate of the CDN',
  },
  {
    id: 'IMG-OBS-001',
    of: [ALARM],
    reason: 'It would go off, and nobody would hear of it.',
    remedy: 'give alarm_actions, or name it in a composite alarm that has some.',
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
      'it tells nobody',
  },
  {
    id: 'IMG-OBS-003',
    of: [TARGET],
    reason:
      'EventBridge takes no role for a topic, and tells it nothing that a condition could be about: each mail is dropped without a word.',
    remedy: 'give the topic an aws_sns_topic_policy that lets events.amazonaws.com publish, without a Condition.',
    find(target, { inventory }) {
      const topic = topicOf(target, inventory);
      return topic && !letsEventBridgeIn(topic, inventory) && `${topic.path} does not let EventBridge in`;
    },
  },
  {
    id: 'IMG-OBS-004',
    of: [TARGET],
    reason: 'The mail would be the JSON of the event, in one line.',
    remedy: 'give an input_transformer with a sentence, as notice.ts does.',
    find: (target, { inventory }) =>
      topicOf(target, inventory) &&
      !block(target.values, 'input_transformer') &&
      'it sends a mail that nobody can read',
  },
  {
    id: 'IMG-OBS-005',
    of: ['aws_lb_listener', 'aws_cloudfront_distribution'],
    reason: 'On the day that it ends nobody comes in, and nobody has been told.',
    remedy: 'give it an alarm by createCertificateAlarm.',
    find: (resource, { inventory }) =>
      certificateOf(resource) !== '' &&
      inventory.all(ALARM).length > 0 &&
      !inventory
        .all(ALARM)
        .some(({ values }) => block(values, 'dimensions')?.CertificateArn === certificateOf(resource)) &&
      'no alarm looks at its certificate',
  },
  {
    id: 'IMG-OBS-002',
    of: [ALARM],
    reason: `Figures come up to ${LATE_SECONDS / 60} minutes late, FILL takes them for good until they are there, and an alarm that wants all of its periods never goes off.`,
    remedy: 'leave FILL out, or give evaluation_periods of as much more than datapoints_to_alarm.',
    find: (alarm) =>
      expressionsOf(alarm).some(fillsWithNumber) &&
      spareSeconds(alarm) < LATE_SECONDS &&
      `it fills what is missing, and may miss ${spareSeconds(alarm)} s`,
  },
];
