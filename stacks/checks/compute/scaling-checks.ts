import { block, blocks, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import {
  conditionsIn,
  customMetricOf,
  dividesUnguarded,
  expressionsOf,
  fillsWithNumber,
  isComposed,
  isReturned,
  namesIn,
  otherFunctionsIn,
  partsOf,
} from '../metric-math.ts';

const POLICY = 'aws_appautoscaling_policy';
const MATH = [POLICY, 'aws_cloudwatch_metric_alarm'];

/** Scaling: bounds, targets and metric math. */
export const SCALING_CHECKS: Check[] = [
  {
    id: 'IMG-SCL-001',
    of: ['aws_appautoscaling_target'],
    reason: 'Application Auto Scaling refuses the target, or no task ever runs.',
    remedy: 'set max_capacity to at least 1 and at least min_capacity.',
    find({ values }) {
      const [min = 0, max = 0] = [toNumber(values.min_capacity), toNumber(values.max_capacity)];
      return (max < Math.max(1, min) || min < 0) && `min_capacity is ${min} and max_capacity ${max}`;
    },
  },
  {
    id: 'IMG-SCL-002',
    of: MATH,
    reason: 'Metric math must return one result, and AWS refuses none or two only when it is applied.',
    remedy: 'set return_data to true for the expression, and to false for all other metrics.',
    find(resource) {
      const parts = partsOf(resource);
      const returned = parts.filter((part) => isReturned(resource, part));
      return (
        parts.length > 0 && returned.length !== 1 && `${returned.length} of its ${parts.length} metrics are returned`
      );
    },
  },
  {
    id: 'IMG-SCL-003',
    of: MATH,
    reason: 'A division by zero has no data, so scaling would never start from zero tasks.',
    remedy: 'divide by IF(tasks > 0, tasks, 1), with FILL(tasks, REPEAT) because counts of tasks come late.',
    find: (resource) =>
      expressionsOf(resource)
        .filter(dividesUnguarded)
        .map((expression) => `"${expression}" may divide by zero`),
  },
  {
    id: 'IMG-SCL-004',
    of: MATH,
    reason: 'The expression cannot be computed, so the alarm never has data.',
    remedy: 'use only ids of metrics in the same metric math.',
    find(resource) {
      const ids = partsOf(resource).map(({ id }) => text(id));
      return expressionsOf(resource).flatMap((expression) =>
        namesIn(expression)
          .filter((name) => !ids.includes(name))
          .map((name) => `"${expression}" uses ${name}, which is not the id of a metric`),
      );
    },
  },
  {
    id: 'IMG-SCL-005',
    of: [POLICY],
    reason: 'A target of zero or less asks for an unlimited number of tasks.',
    remedy: 'set target_value above 0.',
    find({ values }) {
      const target = toNumber(block(values, 'target_tracking_scaling_policy_configuration')?.target_value);
      return target !== undefined && target <= 0 && `target_value is ${target}`;
    },
  },
  {
    id: 'IMG-SCL-006',
    of: [POLICY],
    reason:
      'The number of waiting messages does not fall when tasks are added, so it does not measure capacity: scaling goes to its maximum.',
    remedy: 'divide by the number of running tasks, and multiply by seconds per message.',
    find(resource) {
      const raw = customMetricOf(resource)?.namespace === 'AWS/SQS';
      return raw && `it tracks ${customMetricOf(resource)?.metric_name} itself`;
    },
  },
  {
    id: 'IMG-SCL-008',
    of: MATH,
    reason:
      'CloudWatch does not document this for metric math in alarms: AWS refuses it at apply, or the result is unknown.',
    remedy: 'use operators, FILL, and IF with a comparison; put AND and OR into an expression of their own.',
    find: (resource) =>
      expressionsOf(resource).flatMap((expression) => [
        ...otherFunctionsIn(expression).map((name) => `"${expression}" calls ${name}`),
        ...conditionsIn(expression)
          .filter(isComposed)
          .map((condition) => `"${expression}" has the condition "${condition}"`),
      ]),
  },
  {
    id: 'IMG-SCL-009',
    of: [POLICY],
    reason:
      'Metrics come minutes late: a missing count of tasks would be replaced by the number, and scaling would go to its maximum.',
    remedy: 'repeat the last value by FILL(tasks, REPEAT).',
    find: (resource) =>
      expressionsOf(resource)
        .filter(fillsWithNumber)
        .map((expression) => `"${expression}" fills missing data with a number`),
  },
  {
    id: 'IMG-SCL-007',
    of: ['aws_ecs_cluster'],
    reason:
      'The workers scale by RunningTaskCount, a metric of Container Insights: without it the backlog per task is unknown.',
    remedy: "set containerInsights to 'enabled' or 'enhanced'.",
    find: ({ values }) =>
      !blocks(values, 'setting').some(
        ({ name, value }) => name === 'containerInsights' && ['enabled', 'enhanced'].includes(text(value)),
      ) && 'containerInsights is off',
  },
];
