import { LATE_SECONDS } from '../../observability/alarm.ts';
import { readPolicy } from '../access/policy-statements.ts';
import { type Argument, argumentCheck, is, isNot } from '../argument-check.ts';
import { block, blocks, strings, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { expressionsOf, fillsWithNumber } from '../metric-math.ts';

const ALARM = 'aws_cloudwatch_metric_alarm';
const TARGET = 'aws_cloudwatch_event_target';

/** The topic that an event target sends to; undefined for other targets. */
const topicOf = ({ values }: Resource, inventory: Inventory) => inventory.named('aws_sns_topic', values.arn, 'arn');

/** The statements that allow an AWS service to publish to a topic. */
const publishing = (service: string, topic: Resource, inventory: Inventory) =>
  inventory
    .pointingAt(topic, 'aws_sns_topic_policy', 'arn', 'arn')
    .flatMap(({ values }) => readPolicy(values.policy, inventory) ?? [])
    .filter(
      ({ allows, actions, principals }) =>
        allows &&
        actions.includes('sns:Publish') &&
        principals.some(({ identifiers }) => identifiers.includes(service)),
    );

/** Whether EventBridge may publish to a topic without a condition. */
const allowsEventBridge = (topic: Resource, inventory: Inventory): boolean =>
  publishing('events.amazonaws.com', topic, inventory).some(({ conditions }) => conditions.length === 0);

/** The topics that a budget notifies. Their ARNs may come from the policies of the topics. */
const topicsOfBudget = ({ values }: Resource, inventory: Inventory): Resource[] =>
  blocks(values, 'notification')
    .flatMap((notification) => strings(notification.subscriber_sns_topic_arns))
    .flatMap((arn) => {
      const policy = inventory.named('aws_sns_topic_policy', arn, 'arn');
      return inventory.named('aws_sns_topic', policy ? policy.values.arn : arn, 'arn') ?? [];
    });

const certificateOf = ({ values }: Resource): string =>
  text(values.certificate_arn) || text(block(values, 'viewer_certificate')?.acm_certificate_arn);

/** How many seconds of data may be missing while the alarm can still go off. */
function spareSeconds({ values }: Resource): number {
  const periods = toNumber(values.evaluation_periods) ?? 1;
  const datapoints = toNumber(values.datapoints_to_alarm) ?? periods;
  const [first] = blocks(values, 'metric_query').flatMap((query) => blocks(query, 'metric'));
  return (periods - datapoints) * (toNumber(first?.period) ?? 60);
}

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-OBS-101',
    of: ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'],
    argument: 'actions_enabled',
    must: isNot(false),
    reason: 'An alarm that somebody once silenced notifies nobody.',
  },
  {
    id: 'IMG-OBS-102',
    of: 'aws_cloudwatch_event_rule',
    argument: 'state',
    must: isNot('DISABLED'),
    reason: 'Nobody would learn why instances ended.',
  },
  {
    id: 'IMG-OBS-103',
    of: 'aws_budgets_budget',
    argument: 'time_unit',
    must: is('MONTHLY'),
    reason:
      'The setting is for a month: as a yearly limit it would be twelve times too low, as a daily one thirty times too high.',
  },
  {
    id: 'IMG-OBS-104',
    of: 'aws_budgets_budget',
    argument: 'limit_unit',
    must: is('USD'),
    reason: 'AWS bills in dollars, and the budget would measure something else.',
  },
];

/** Alarms, notices by mail, and the budget. */
export const OBSERVABILITY_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
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
    id: 'IMG-OBS-006',
    of: ['aws_budgets_budget'],
    reason: 'The budget could not publish, and economy mode would not begin when it is spent.',
    remedy: 'add an aws_sns_topic_policy that allows budgets.amazonaws.com to publish, as budget.ts does.',
    find: (budget, { inventory }) =>
      topicsOfBudget(budget, inventory)
        .filter((topic) => publishing('budgets.amazonaws.com', topic, inventory).length === 0)
        .map(({ path }) => `${path} does not allow AWS Budgets to publish`),
  },
  {
    id: 'IMG-OBS-007',
    of: ['aws_sfn_state_machine'],
    reason:
      'The budget starts the state machine through an alarm on its topic: without that topic it never runs, and nobody notices.',
    remedy: "let the budget's notification of 100 % ACTUAL name a topic in subscriber_sns_topic_arns.",
    find: (_machine, { inventory }) =>
      !inventory.all('aws_budgets_budget').some((budget) => topicsOfBudget(budget, inventory).length > 0) &&
      'no budget notifies a topic',
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
