import { type Mistake, remove, set, setting, statement } from './mistake.ts';

const TASKS = 'alarms/capacity/download-tasks';
const PACE = 'alarms/worker/pace';
const BACKLOG = 'target_tracking_scaling_policy_configuration.customized_metric_specification.metrics.2.expression';

const TOPIC = 'alarms/mails/policy';

const AT_BUDGET = setting('observability.economyMode', 'at-budget');

/** Alarms that notify nobody, and alarms and scaling that ignore that metrics come late. */
export const ALARM_MISTAKES: Mistake[] = [
  ['an alarm that needs all periods of filled data', 'IMG-OBS-002', set(TASKS, 'evaluation_periods', 15)],
  ['an alarm that needs all periods by default', 'IMG-OBS-002', set(TASKS, 'datapoints_to_alarm', undefined)],
  [
    'a MAX function in the math of an alarm',
    'IMG-SCL-008',
    set(PACE, 'metric_query.2.expression', 'total / MAX([waiting, 1])'),
  ],
  [
    'an IF with a combined condition',
    'IMG-SCL-008',
    set(PACE, 'metric_query.3.expression', 'IF(pace > 2 || pace < 0.5, 1, 0)'),
  ],
  ['a topic that EventBridge may not publish to', 'IMG-OBS-003', remove(TOPIC)],
  [
    'a topic that EventBridge may only read',
    'IMG-OBS-003',
    statement(TOPIC, 'policy', 1, { Action: 'sns:GetTopicAttributes' }),
  ],
  [
    'a topic policy with a condition that EventBridge cannot meet',
    'IMG-OBS-003',
    statement(TOPIC, 'policy', 1, { Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }),
  ],
  [
    'a mail with the JSON of an event',
    'IMG-OBS-004',
    set('alarms/notices/deployment-mail', 'input_transformer', undefined),
  ],
  [
    'a topic that the budget may not publish to',
    'IMG-OBS-006',
    AT_BUDGET,
    statement('budget/topic-policy', 'policy', 0, { Principal: { Service: 'cloudwatch.amazonaws.com' } }),
  ],
  [
    'a topic that the budget may only read',
    'IMG-OBS-006',
    AT_BUDGET,
    statement('budget/topic-policy', 'policy', 0, { Action: 'sns:GetTopicAttributes' }),
  ],
  [
    'economy mode at a budget that notifies no topic',
    'IMG-OBS-007',
    AT_BUDGET,
    set('budget/budget', 'notification.2.subscriber_sns_topic_arns', undefined),
  ],
  ['a certificate without an alarm', 'IMG-OBS-005', remove('alarms/load-balancer-certificate/alarm')],
  [
    'a count of tasks that is filled with 0',
    'IMG-SCL-009',
    set('worker/scaling-backlog', BACKLOG, 'visible * 0.2 / IF(FILL(tasks, 0) > 0, tasks, 1)'),
  ],
];
