import { block, blocks, text, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const POLICY = 'aws_appautoscaling_policy';
const MATH = [POLICY, 'aws_cloudwatch_metric_alarm'];

const customOf = ({ values }: Resource): Values | undefined =>
  block(values, 'target_tracking_scaling_policy_configuration', 'customized_metric_specification');

/** The metrics and expressions in the metric math of a scaling policy or an alarm. */
const partsOf = (resource: Resource): Values[] => [
  ...blocks(customOf(resource), 'metrics'),
  ...blocks(resource.values, 'metric_query'),
];

/** By default a scaling policy returns a part, and an alarm does not. */
const isReturned = ({ type }: Resource, { return_data }: Values): boolean =>
  return_data === undefined ? type === POLICY : String(return_data) === 'true';

export const expressionsOf = (resource: Resource): string[] =>
  partsOf(resource)
    .map(({ expression }) => text(expression))
    .filter(Boolean);

/** Whether it divides by something other than a number, or an expression that IF or MAX keeps above zero. */
const dividesUnguarded = (expression: string): boolean =>
  [...expression.matchAll(/\/\s*(\(*\s*[A-Za-z_][\w]*)/g)].some(
    ([, divisor = '']) => !/^\(*\s*(IF|MAX)$/.test(divisor),
  );

const namesIn = (expression: string): string[] =>
  expression.replaceAll(/"[^"]*"|'[^']*'/g, '').match(/\b[a-z]\w*\b/g) ?? [];

/** Operators that look like a function call before a parenthesis. */
const OPERATORS = ['AND', 'OR'];
/** Functions that use each period by itself. CloudWatch advises against others in alarms, which fetch more periods than they evaluate. */
const FUNCTIONS = ['IF', 'FILL'];

const otherFunctionsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b([A-Z_]+)\s*\(/g)]
    .map(([, name = '']) => name)
    .filter((name) => ![...FUNCTIONS, ...OPERATORS].includes(name));

/** The conditions of all calls of IF: the text from `IF(` to the next comma at the same depth. */
function conditionsIn(expression: string): string[] {
  return [...expression.matchAll(/\bIF\s*\(/g)].map(({ index, 0: call }) => {
    const rest = expression.slice(index + call.length);
    let depth = 0;
    const end = [...rest].findIndex((letter) => {
      depth += Number(letter === '(') - Number(letter === ')');
      return letter === ',' && depth === 0;
    });
    return rest.slice(0, end);
  });
}

/** Whether a condition combines others. CloudWatch documents IF only with a series or a comparison as its condition. */
const isComposed = (condition: string): boolean => /\b(AND|OR)\b|&&|\|\|/.test(condition);

export const fillsWithNumber = (expression: string): boolean =>
  /\bFILL\s*\((?:[^(),]|\([^()]*\))*,\s*[\d.]+\s*\)/.test(expression);

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
      const raw = customOf(resource)?.namespace === 'AWS/SQS';
      return raw && `it tracks ${customOf(resource)?.metric_name} itself`;
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
