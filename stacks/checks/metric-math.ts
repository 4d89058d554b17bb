import { block, blocks, text, type Values } from './blocks.ts';
import type { Resource } from './inventory.ts';

export const customMetricOf = ({ values }: Resource): Values | undefined =>
  block(values, 'target_tracking_scaling_policy_configuration', 'customized_metric_specification');

/** The metrics and expressions in the metric math of a scaling policy or an alarm. */
export const partsOf = (resource: Resource): Values[] => [
  ...blocks(customMetricOf(resource), 'metrics'),
  ...blocks(resource.values, 'metric_query'),
];

/** By default a scaling policy returns a part, and an alarm does not. */
export const isReturned = ({ type }: Resource, { return_data }: Values): boolean =>
  return_data === undefined ? type === 'aws_appautoscaling_policy' : String(return_data) === 'true';

export const expressionsOf = (resource: Resource): string[] =>
  partsOf(resource)
    .map(({ expression }) => text(expression))
    .filter(Boolean);

/** Whether it divides by something other than a number, or an expression that IF or MAX keeps above zero. */
export const dividesUnguarded = (expression: string): boolean =>
  [...expression.matchAll(/\/\s*(\(*\s*[A-Za-z_][\w]*)/g)].some(
    ([, divisor = '']) => !/^\(*\s*(IF|MAX)$/.test(divisor),
  );

export const namesIn = (expression: string): string[] =>
  expression.replaceAll(/"[^"]*"|'[^']*'/g, '').match(/\b[a-z]\w*\b/g) ?? [];

/** Operators that look like a function call before a parenthesis. */
const OPERATORS = ['AND', 'OR'];
/** Functions that use each period by itself. CloudWatch advises against others in alarms, which fetch more periods than they evaluate. */
const FUNCTIONS = ['IF', 'FILL'];

export const otherFunctionsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b([A-Z_]+)\s*\(/g)]
    .map(([, name = '']) => name)
    .filter((name) => ![...FUNCTIONS, ...OPERATORS].includes(name));

/** The conditions of all calls of IF: the text from `IF(` to the next comma at the same depth. */
export function conditionsIn(expression: string): string[] {
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
export const isComposed = (condition: string): boolean => /\b(AND|OR)\b|&&|\|\|/.test(condition);

export const fillsWithNumber = (expression: string): boolean =>
  /\bFILL\s*\((?:[^(),]|\([^()]*\))*,\s*[\d.]+\s*\)/.test(expression);
