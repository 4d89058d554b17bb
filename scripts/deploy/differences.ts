import { isDeepStrictEqual } from 'node:util';
import type { Value } from './plan.ts';

/** One difference between two values: where it is, and what stands there before and after. Undefined stands for nothing. */
export interface Difference {
  path: string;
  before?: Value;
  after?: Value;
}

const isBranch = (value: Value): value is Record<string, Value> => typeof value === 'object' && value !== null;

/** Policies and container definitions are JSON in a text, in which a single place may differ. */
export function opened(value: Value): Value {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const isPolicy = (value: Value): value is Record<string, Value> => isBranch(value) && Array.isArray(value.Statement);

/** A whole policy that comes or goes is shown by its statements. */
function ofOneShape(before: Value, after: Value): [before: Value, after: Value] {
  if (isNothing(before) && isPolicy(after)) return [{ ...after, Statement: [] }, after];
  if (isNothing(after) && isPolicy(before)) return [before, { ...before, Statement: [] }];
  return [before, after];
}

/** Nothing, an empty text and an empty list mean the same to providers. */
const isNothing = (value: Value): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (isBranch(value) && Object.values(value).every((each) => isNothing(each)));

/** The smallest differences between two values. */
export function differences(one: Value, other: Value, path = ''): Difference[] {
  const [before, after] = ofOneShape(opened(one), opened(other));
  if (isDeepStrictEqual(before, after) || (isNothing(before) && isNothing(after))) return [];
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path);
  if (isBranch(before) && isBranch(after) && !Array.isArray(before) && !Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path ? `${path}.${key}` : key));
  }
  return [{ path, ...(!isNothing(before) && { before }), ...(!isNothing(after) && { after }) }];
}

/** Lists are compared as sets, because a new item at the beginning moves all others. */
function ofLists(before: Value[], after: Value[], path: string): Difference[] {
  const without = (items: Value[], others: Value[]) =>
    items.filter((item) => !others.some((other) => isDeepStrictEqual(item, other)));
  const [gone, come] = [without(before, after), without(after, before)];
  const place = `${path}[]`;
  if (gone.length === 0 && come.length === 0) return [{ path, before, after }];
  if (gone.length === come.length && gone.every(isBranch) && come.every(isBranch))
    return gone.flatMap((item, at) => differences(item, come[at], place));
  return [
    ...gone.map((item) => ({ path: place, before: item })),
    ...come.map((item) => ({ path: place, after: item })),
  ];
}
