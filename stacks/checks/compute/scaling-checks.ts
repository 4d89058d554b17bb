import { block, blocks, figure, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const POLICY = 'aws_appautoscaling_policy';
const MATH = [POLICY, 'aws_cloudwatch_metric_alarm'];

const customOf = ({ values }: Resource): Values | undefined =>
  block(values, 'target_tracking_scaling_policy_configuration', 'customized_metric_specification');

/** The parts of a metric that is put together: of a scaling policy or an alarm. */
const partsOf = (resource: Resource): Values[] => [
  ...blocks(customOf(resource), 'metrics'),
  ...blocks(resource.values, 'metric_query'),
];

/** Where nothing is said, a scaling policy returns a part, and an alarm does not. */
const isReturned = ({ type }: Resource, { return_data }: Values): boolean =>
  return_data === undefined ? type === POLICY : String(return_data) === 'true';

export const expressionsOf = (resource: Resource): string[] =>
  partsOf(resource)
    .map(({ expression }) => text(expression))
    .filter(Boolean);

/** A divisor is safe that is a number, or guarded by IF or MAX. */
const dividesUnguarded = (expression: string): boolean =>
  [...expression.matchAll(/\/\s*(\(*\s*[A-Za-z_][\w]*)/g)].some(
    ([, divisor = '']) => !/^\(*\s*(IF|MAX)$/.test(divisor),
  );

const namesIn = (expression: string): string[] =>
  expression.replaceAll(/"[^"]*"|'[^']*'/g, '').match(/\b[a-z]\w*\b/g) ?? [];

/** What may follow each other in upper case and be no call of a function. */
const OPERATORS = ['AND', 'OR'];
/** Those that work on each period by itself; of the others CloudWatch advises against in alarms, because it asks for more periods than it evaluates. */
const FUNCTIONS = ['IF', 'FILL'];

const strangeFunctions = (expression: string): string[] =>
  [...expression.matchAll(/\b([A-Z_]+)\s*\(/g)]
    .map(([, name = '']) => name)
    .filter((name) => ![...FUNCTIONS, ...OPERATORS].includes(name));

/** What stands between `IF(` and the next comma at the same depth. */
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

/** A form of IF that CloudWatch documents has a series as its condition, or one that is compared. */
const isComposed = (condition: string): boolean => /\b(AND|OR)\b|&&|\|\|/.test(condition);

export const fillsWithNumber = (expression: string): boolean =>
  /\bFILL\s*\((?:[^(),]|\([^()]*\))*,\s*[\d.]+\s*\)/.test(expression);

/** What scales by: bounds, targets and the mathematics of metrics. */
export const SCALING_CHECKS: Check[] = [
  {
    id: 'IMG-SCL-001',
    of: ['aws_appautoscaling_target'],
    reason: 'Application Auto Scaling refuses the target, or nothing ever runs.',
    remedy: 'give a max_capacity of 1 or more that is not below min_capacity.',
    find({ values }) {
      const [min = 0, max = 0] = [figure(values.min_capacity), figure(values.max_capacity)];
      return (max < Math.max(1, min) || min < 0) && `min_capacity is ${min} and max_capacity ${max}`;
    },
  },
  {
    id: 'IMG-SCL-002',
    of: MATH,
    reason: 'Metric math that returns nothing, or two things, is refused only when it is applied.',
    remedy: 'set return_data to true on the expression and to false on all that it is made of.',
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
    reason: 'A quotient by zero has no data: from zero tasks nothing would ever scale out.',
    remedy: 'divide by IF(tasks > 0, tasks, 1), with FILL(tasks, REPEAT) for tasks that are counted late.',
    find: (resource) =>
      expressionsOf(resource)
        .filter(dividesUnguarded)
        .map((expression) => `"${expression}" divides by what may be zero`),
  },
  {
    id: 'IMG-SCL-004',
    of: MATH,
    reason: 'The expression cannot be computed, and the alarm has no data for ever.',
    remedy: 'name the ids of the metrics beside it.',
    find(resource) {
      const ids = partsOf(resource).map(({ id }) => text(id));
      return expressionsOf(resource).flatMap((expression) =>
        namesIn(expression)
          .filter((name) => !ids.includes(name))
          .map((name) => `"${expression}" names ${name}, and no metric has that id`),
      );
    },
  },
  {
    id: 'IMG-SCL-005',
    of: [POLICY],
    reason: 'A target of zero or less asks for tasks without end.',
    remedy: 'give a target_value above 0.',
    find({ values }) {
      const target = figure(block(values, 'target_tracking_scaling_policy_configuration')?.target_value);
      return target !== undefined && target <= 0 && `target_value is ${target}`;
    },
  },
  {
    id: 'IMG-SCL-006',
    of: [POLICY],
    reason:
      'The number of waiting messages does not fall when tasks are added, so it is no measure of capacity: scaling runs to its maximum.',
    remedy: 'divide by the number of running tasks, and multiply by seconds per message.',
    find(resource) {
      const raw = customOf(resource)?.namespace === 'AWS/SQS';
      return raw && `it tracks ${customOf(resource)?.metric_name} as it is`;
    },
  },
  {
    id: 'IMG-SCL-008',
    of: MATH,
    reason:
      'It is not among what CloudWatch documents of metric math in alarms: the apply is refused, or nobody knows what is computed.',
    remedy:
      'use operators, FILL and IF with a condition that compares, and give AND and OR an expression of their own.',
    find: (resource) =>
      expressionsOf(resource).flatMap((expression) => [
        ...strangeFunctions(expression).map((name) => `"${expression}" calls ${name}`),
        ...conditionsIn(expression)
          .filter(isComposed)
          .map((condition) => `"${expression}" has the condition "${condition}"`),
      ]),
  },
  {
    id: 'IMG-SCL-009',
    of: [POLICY],
    reason:
      'Figures come minutes late: a count of tasks that is not there yet would be taken for so many, and scaling runs to its maximum.',
    remedy: 'repeat the last one, FILL(tasks, REPEAT).',
    find: (resource) =>
      expressionsOf(resource)
        .filter(fillsWithNumber)
        .map((expression) => `"${expression}" fills what is missing with a number`),
  },
  {
    id: 'IMG-SCL-007',
    of: ['aws_ecs_cluster'],
    reason:
      'The workers scale by RunningTaskCount, which only Container Insights counts: without it the backlog has no divisor.',
    remedy: "set containerInsights to 'enabled' or 'enhanced'.",
    find: ({ values }) =>
      !blocks(values, 'setting').some(
        ({ name, value }) => name === 'containerInsights' && ['enabled', 'enhanced'].includes(text(value)),
      ) && 'containerInsights is off',
  },
];
