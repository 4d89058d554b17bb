import type { Stroke } from './svg-lines.ts';
import { type Attributes, declaredIn, isOdd, plainStyle, unitsOf } from './svg-properties.ts';

/** How an element is stroked, including what it inherits. */
export interface Stroking extends Stroke {
  isStroked: boolean;
}

export const UNSTROKED: Stroking = {
  isStroked: false,
  width: 1,
  period: 0,
  isFine: false,
  isOnScreen: false,
  isRound: false,
};
/** A width that is a percentage or calculated. */
const ANY_WIDTH = 1e4;

const STROKES = ['stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'vector-effect'];

export const shortest = (periods: readonly number[]): number => {
  const least = periods.reduce((least, each) => (each > 0 ? Math.min(least, each) : least), Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? least : 0;
};

/** Combines two ways to stroke to one that costs at least as much as either. */
export const costlier = (one: Stroking, other: Stroking): Stroking => ({
  isStroked: one.isStroked || other.isStroked,
  width: Math.max(one.width, other.width),
  period: shortest([one.period, other.period]),
  isFine: one.isFine || other.isFine,
  isOnScreen: one.isOnScreen || other.isOnScreen,
  isRound: one.isRound || other.isRound,
});

interface Dashes {
  period: number;
  isFine: boolean;
  /** Whether librsvg certainly understands them. */
  isSure: boolean;
}
const NO_DASHES: Dashes = { period: 0, isFine: false, isSure: false };
/** The most numbers in a list of dashes; honest drawings have fewer. cairo goes through the list at the beginning of each line. */
const MOST_DASHES = 1000;
const ENDLESS_DASHES: Dashes = { period: 1e-12, isFine: false, isSure: false };

/** The shortest dash with its gap in a list. */
export function dashesOf(value: string): Dashes {
  if (value === 'none') return { ...NO_DASHES, isSure: true };
  if (!/\d/.test(value)) return NO_DASHES;
  const texts = value.split(/[\s,]+/, MOST_DASHES + 1);
  if (texts.length > MOST_DASHES) return ENDLESS_DASHES;
  const lengths = texts.map(unitsOf);
  const count = lengths.length;
  const pairs = Array.from(
    { length: count % 2 === 0 ? count / 2 : count },
    (_, index) => [lengths[(2 * index) % count], lengths[(2 * index + 1) % count]] as const,
  );
  const periods = pairs.map(([dash = 0, gap = 0]) => dash + gap);
  const isFine = pairs.some((pair, index) => pair.includes(undefined) && periods[index] === 0);
  const empty = periods.filter((period) => period === 0).length;
  return { period: shortest(periods) / (1 + empty), isFine, isSure: !lengths.includes(undefined) };
}

export const widthOf = (value: string): number | undefined =>
  /\d/.test(value) ? (unitsOf(value) ?? ANY_WIDTH) : undefined;

/** How an element within another is stroked: the costliest of all possibilities. */
export function stroking(around: Stroking, attributes: Attributes, style: string): Stroking {
  const isStyled = style.includes('stroke') || style.includes('vector-effect');
  if (!isStyled && !STROKES.some((name) => attributes.has(name))) return around;
  const isSure = !isStyled || !isOdd(style);
  /** All values of a property, and the inherited value unless one of them is certainly used. */
  const of = <Value>(name: string, read: (value: string) => Value | undefined, inherited: Value): Value[] => {
    const declared = isStyled ? declaredIn(style, name) : [];
    const given = attributes.get(name);
    if (given === undefined && declared.length === 0) return [inherited];
    const texts = declared.map((each) => each.split('!', 1)[0]?.trim() ?? '');
    if (given !== undefined) texts.push(plainStyle(given).trim());
    const values = texts.map(read);
    const isTold = values.length === 1 && (isSure || declared.length === 0);
    return [...values.flatMap((each) => each ?? []), ...(isTold && values[0] !== undefined ? [] : [inherited])];
  };
  const { isStroked, width, period, isFine } = around;
  const dashes = of('stroke-dasharray', dashesOf, { period, isFine, isSure: true });
  if (dashes.some((each) => !each.isSure)) dashes.push({ period, isFine, isSure: true });
  const rounds = ['stroke-linejoin', 'stroke-linecap'].flatMap((name) => of(name, (value) => value, ''));
  return {
    isStroked: of('stroke', (value) => (value === 'inherit' ? undefined : value !== 'none'), isStroked).includes(true),
    width: Math.max(...of('stroke-width', widthOf, width)),
    period: shortest(dashes.map((each) => each.period)),
    isFine: dashes.some((each) => each.isFine),
    isOnScreen: around.isOnScreen || attributes.has('vector-effect') || style.includes('vector-effect'),
    isRound: around.isRound || rounds.some((value) => value.includes('round')),
  };
}
