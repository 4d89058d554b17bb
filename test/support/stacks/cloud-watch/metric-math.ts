import { type Expression, parse } from './math-syntax.ts';

/** One value per period, the oldest first; `undefined` where there is none. */
export type Series = readonly (number | undefined)[];

/** Both readings where the documentation is ambiguous. */
export interface Reading {
  /** Whether FILL fills a series that has no value at all in the time that is looked at. */
  fillsEmpty: boolean;
  /** Whether a series computed with a number has a value, of 0 before that, where it had none. */
  zeroWithNumbers: boolean;
}

export const READINGS: readonly Reading[] = [true, false].flatMap((fillsEmpty) =>
  [true, false].map((zeroWithNumbers) => ({ fillsEmpty, zeroWithNumbers })),
);

type Value = number | Series;
type Point = number | undefined;

const ARITHMETIC: Record<string, (a: number, b: number) => Point> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // “If the value of a data point causes a function to attempt to divide by zero, the data point is dropped.”
  '/': (a, b) => (b === 0 ? undefined : a / b),
};

const COMPARISON: Record<string, (a: number, b: number) => Point> = {
  '>': (a, b) => Number(a > b),
  '<': (a, b) => Number(a < b),
  '>=': (a, b) => Number(a >= b),
  '<=': (a, b) => Number(a <= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
};

/**
 * CloudWatch's metric math over the evaluated periods, as far as alarms here use it: operators, FILL and IF, by the tables of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html. Another function, or a form of IF that is not in
 * those tables, is an error, because CloudWatch's result is not documented.
 */
export function computeSeries(expression: string, series: Record<string, Series>, reading: Reading): Series {
  const result = evaluate(parse(expression), { series, reading, expression });
  if (typeof result === 'number') throw new Error(`"${expression}" is one number: an alarm takes a series only`);
  return result;
}

interface Context {
  series: Record<string, Series>;
  reading: Reading;
  expression: string;
}

function evaluate(node: Expression, context: Context): Value {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'name': {
      const found = context.series[node.name];
      if (!found) throw new Error(`"${context.expression}" names ${node.name}, which is no metric of the alarm`);
      return found;
    }
    case 'operation':
      return operate(node.operator, evaluate(node.left, context), evaluate(node.right, context), context.reading);
    case 'call':
      return call(node, context);
  }
}

/** “Missing values in a time series are treated as 0”, where another series of the operation has one. */
function operate(operator: string, left: Value, right: Value, { zeroWithNumbers }: Reading): Value {
  const compute = ARITHMETIC[operator] ?? COMPARISON[operator];
  if (!compute) throw new Error(`no operator ${operator}`);
  if (typeof left === 'number' && typeof right === 'number') return compute(left, right) ?? 0;
  const ofNumber = typeof left === 'number' || typeof right === 'number';
  const length = Math.max(...[left, right].map((side) => (typeof side === 'number' ? 0 : side.length)));
  return Array.from({ length }, (_, index) => {
    const points = [left, right].map((side) => (typeof side === 'number' ? side : side[index]));
    const known = ofNumber ? points.every((point) => point !== undefined) : points.some((point) => point !== undefined);
    const isArithmetic = operator in ARITHMETIC;
    if (!known && !(ofNumber && zeroWithNumbers && isArithmetic)) return undefined;
    return compute(points[0] ?? 0, points[1] ?? 0);
  });
}

function call({ name, parameters }: Extract<Expression, { kind: 'call' }>, context: Context): Series {
  const [first, second, third] = parameters;
  if (name === 'FILL' && first && second && !third) return fill(evaluate(first, context), second, context);
  // Conditions here are a series or a comparison; none uses AND or OR.
  const isComposed = first?.kind === 'operation' && ['AND', 'OR'].includes(first.operator);
  if (name === 'IF' && first && second && !isComposed) {
    const [yes, no] = [evaluate(second, context), third && evaluate(third, context)];
    return choose(evaluate(first, context), yes, no, context);
  }
  throw new Error(`"${context.expression}" calls ${name} in a way that is not documented for alarms`);
}

function fill(value: Value, filler: Expression, context: Context): Series {
  if (typeof value === 'number') throw new Error(`"${context.expression}" fills a number`);
  if (filler.kind === 'name' && filler.name === 'REPEAT') {
    let last: Point;
    return value.map((point) => {
      last = point ?? last;
      return last;
    });
  }
  if (!context.reading.fillsEmpty && value.every((point) => point === undefined)) return value;
  const other = evaluate(filler, context);
  return value.map((point, index) => point ?? (typeof other === 'number' ? other : other[index]));
}

/**
 * By the tables of “Using IF expressions”: where the condition has no value, the result has none, and where the condition holds, a missing
 * value of the chosen series is 0.
 */
function choose(condition: Value, yes: Value, no: Value | undefined, { expression }: Context): Series {
  if (typeof condition === 'number') throw new Error(`"${expression}" has an IF whose condition is a number`);
  const at = (value: Value | undefined, index: number): Point => (typeof value === 'object' ? value[index] : value);
  return condition.map((point, index) => {
    if (point === undefined) return undefined;
    return point === 0 ? at(no, index) : (at(yes, index) ?? 0);
  });
}
