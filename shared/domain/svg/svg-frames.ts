import { unescaped } from './svg-embedded.ts';
import type { Frame, Stroke } from './svg-lines.ts';
import { svgSize } from './svg-size.ts';

type Attributes = ReadonlyMap<string, string>;

/** A frame whose unit is as large as the canvas, for elements of unknown size. */
export const WHOLE: Frame = { xx: 1, xy: 0, yx: 0, yy: 1 };

/** Comments, and the texts in which comment signs are none: unquoted URLs, and strings (CSS Syntax, 4.3). */
const COMMENT = /url\((?=\s*[^\s"'])[^)]*\)?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\/\*.*?(?:\*\/|$)/gis;

/** Declarations without escapes and comments, in lower case. If they had escapes, a backslash follows them, because escapes may hide their separators. */
export function plainStyle(text: string): string {
  if (text === '') return '';
  const plain = text.includes('/*') ? text.replace(COMMENT, (found) => (found.startsWith('/*') ? ' ' : found)) : text;
  if (!text.includes('\\')) return plain.toLowerCase();
  // With escapes it is not known where a comment begins.
  return `${plain === text ? '' : unescaped(text)};${unescaped(plain)};\\`.toLowerCase();
}

const BRACKET = /["'()[\]{}\\]/;
const QUOTED = /"[^"'\\;]*"|'[^"'\\;]*'/g;
const CALL = /\([^()"'\\;{}]*\)/g;

/** Whether separators of declarations may be inside brackets or strings. */
const isOdd = (style: string): boolean =>
  BRACKET.test(style) && BRACKET.test(style.replace(QUOTED, '').replace(CALL, ''));

/** All values of a property in a style. librsvg may use any of them, because it drops values that it does not understand, and some are important. */
function declaredIn(style: string, name: string): string[] {
  if (!style.includes(name)) return [];
  return style.split(/[;{}]/).flatMap((each) => {
    const at = each.indexOf(':');
    return at >= 0 && each.slice(0, at).trim() === name ? [each.slice(at + 1).trim()] : [];
  });
}

/** A value that is unknown, both as a length and as a transform. */
const UNTOLD = '?()';

/** The value of a property; a style takes precedence over an attribute. */
export function propertyOf(name: string, attributes: Attributes, style: string): string | undefined {
  const given = attributes.get(name)?.trim().toLowerCase();
  const [declared, ...more] = declaredIn(style, name);
  if (declared === undefined) return given;
  const isTold = [...more, given ?? declared].every((each) => each === declared) && !isOdd(style);
  return isTold ? declared : UNTOLD;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, px: 1, pt: 1.34, pc: 16, mm: 3.8, cm: 38, in: 96 };
const LENGTH = /^([-+]?[\d.]{1,30}(?:e[-+]?\d{1,3})?)(px|pt|pc|mm|cm|in)?\s*(?:!important)?$/;

/** A length in user units; undefined if it depends on more than its text, or is not a length. */
export function unitsOf(text: string | undefined): number | undefined {
  const [, number, unit = ''] = LENGTH.exec((text ?? '').toLowerCase().trim()) ?? [];
  const units = Number(number) * (UNITS[unit] ?? Number.NaN);
  return Number.isFinite(units) && units >= 0 ? units : undefined;
}

/** A length with its unit, anywhere in a text. */
const SPAN = /([-+]?\d*\.?\d+(?:e[-+]?\d+)?)(%|[a-z]*)/gi;
/** User units for a unit of unknown size, such as `em`: no honest drawing has larger ones. */
const ANY_LETTER = 1e5;

/** All lengths in a text, in user units, for a viewport of at most this many units. */
export const spansIn = (text: string, viewport: number): number[] =>
  [...text.matchAll(SPAN)].map(([, number, unit = '']) => {
    const units = unit === '%' ? viewport / 100 : (UNITS[unit.toLowerCase()] ?? ANY_LETTER);
    return Math.max(-MOST_UNITS, Math.min(Number(number) * units, MOST_UNITS));
  });
/** So that sums of numbers stay numbers. */
const MOST_UNITS = 1e30;

/** The largest size that a shape may have, by its own attributes and by style sheets. */
export function mostUnits(attributes: Attributes, style: string, { sizes }: Sheeted, viewport: number): number {
  const own = SIZED.flatMap((name) => [attributes.get(name) ?? '', ...declaredIn(style, name)]);
  const texts = own.filter((text) => text !== '').flatMap((text) => spansIn(text, viewport));
  // A missing size may mean the whole viewport.
  return [...texts, sizes.units, (sizes.percent * viewport) / 100].reduce(
    (most, each) => Math.max(most, Math.abs(each)),
    1,
  );
}
const SIZED = ['r', 'rx', 'ry', 'width', 'height'];

export interface Box {
  width: number;
  height: number;
}

/** The size of the viewBox of an element, if it has one. */
export function viewBoxOf(attributes: Attributes): Box | undefined {
  const text = attributes.get('viewBox');
  if (text === undefined) return undefined;
  const numbers = text.trim().split(/[\s,]+/);
  const [width = 0, height = 0] = numbers.slice(2).map(Number);
  return numbers.length === 4 && width > 0 && height > 0 ? { width, height } : undefined;
}

const isCut = (attributes: Attributes): boolean => /slice/i.test(attributes.get('preserveAspectRatio') ?? '');

/** The frame inside a viewBox that fills the canvas. */
export function frameOfBox({ width, height }: Box, attributes: Attributes): Frame {
  const side = isCut(attributes) ? Math.min(width, height) : Number.POSITIVE_INFINITY;
  return { xx: 1 / Math.min(width, side), xy: 0, yx: 0, yy: 1 / Math.min(height, side) };
}

/** The frame inside the root of a drawing. */
export function frameOfRoot(attributes: Attributes): Frame {
  const box = viewBoxOf(attributes);
  if (box) return frameOfBox(box, attributes);
  const size = svgSize({ attributes });
  return size && size.width > 0 && size.height > 0 ? frameOfBox(size, attributes) : WHOLE;
}

const times = (around: Frame, { xx, xy, yx, yy }: Frame): Frame => ({
  xx: around.xx * xx + around.yx * xy,
  xy: around.xy * xx + around.yy * xy,
  yx: around.xx * yx + around.yx * yy,
  yy: around.xy * yx + around.yy * yy,
});

/** A frame scaled by x and y. */
export const scaled = (around: Frame, x: number, y: number): Frame => times(around, { xx: x, xy: 0, yx: 0, yy: y });

const FUNCTIONS: Readonly<Record<string, (numbers: readonly number[]) => Frame>> = {
  matrix: ([xx = 1, xy = 0, yx = 0, yy = 1]) => ({ xx, xy, yx, yy }),
  scale: ([x = 1, y = x]) => ({ xx: x, xy: 0, yx: 0, yy: y }),
  scalex: ([x = 1]) => ({ xx: x, xy: 0, yx: 0, yy: 1 }),
  scaley: ([y = 1]) => ({ xx: 1, xy: 0, yx: 0, yy: y }),
  rotate: ([degrees = 0]) => turned((degrees * Math.PI) / 180),
  skewx: ([degrees = 0]) => ({ xx: 1, xy: 0, yx: Math.tan((degrees * Math.PI) / 180), yy: 1 }),
  skewy: ([degrees = 0]) => ({ xx: 1, xy: Math.tan((degrees * Math.PI) / 180), yx: 0, yy: 1 }),
  translate: () => WHOLE,
  translatex: () => WHOLE,
  translatey: () => WHOLE,
};
const turned = (angle: number): Frame => ({
  xx: Math.cos(angle),
  xy: Math.sin(angle),
  yx: -Math.sin(angle),
  yy: Math.cos(angle),
});

/** The frame after a transform; WHOLE if the transform is not understood. */
export function transformed(around: Frame, transform: string | undefined): Frame {
  if (transform === undefined || transform === '' || transform === 'none') return around;
  let frame = around;
  for (const each of transform.toLowerCase().split(')').slice(0, -1)) {
    const [name = '', listed = ''] = each.split('(', 2);
    const made = FUNCTIONS[name.replace(/[\s,]/g, '')];
    const numbers = listed.trim().split(/[\s,]+/);
    const isTurn = name.includes('rotate') || name.includes('skew');
    const read = numbers.map((number) => (isTurn ? Number.parseFloat(number) : Number(number)));
    if (!made) return WHOLE;
    // Numbers without separators, or texts that are no numbers, are unknown.
    if (made !== FUNCTIONS.translate && !read.every(Number.isFinite) && !name.includes('translate')) return WHOLE;
    frame = times(frame, isTurn && /[a-z]/.test(listed) ? turnedAnyhow(name) : made(read));
  }
  return frame;
}

/** A rotation or skew by an angle in a unit other than degrees. */
const turnedAnyhow = (name: string): Frame =>
  name.includes('skew') ? { xx: 1e6, xy: 1e6, yx: 1e6, yy: 1e6 } : { xx: 1, xy: 1, yx: 1, yy: 1 };

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

const shortest = (periods: readonly number[]): number => {
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
function dashesOf(value: string): Dashes {
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

const widthOf = (value: string): number | undefined => (/\d/.test(value) ? (unitsOf(value) ?? ANY_WIDTH) : undefined);

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

/** The effect that style sheets may have on every element: their widest stroke and shortest dashes. */
export interface Sheeted {
  stroke: Stroking | undefined;
  /** Whether they change the size of elements, or of the frames around them. */
  isSizing: boolean;
  /** The largest of these sizes: in user units, and in per cent of the viewport. */
  sizes: { units: number; percent: number };
  isTransforming: boolean;
}

const SIZES = /[{;\s](?:r|rx|ry|width|height)\s*:([^;}]*)/g;
const TRANSFORM = /[{;\s](?:transform|scale|rotate|zoom)\s*:/;

export function sheeted(sheets: readonly string[]): Sheeted {
  const text = sheets.map(plainStyle).join(';');
  const values = (name: string) =>
    text
      .split(name)
      .slice(1)
      .map((rest) => (rest.split(/[;}]/, 1)[0] ?? '').trim())
      .flatMap((value) => (value.startsWith(':') ? (value.slice(1).split('!', 1)[0]?.trim() ?? '') : []));
  const dashes = values('stroke-dasharray').map(dashesOf);
  const sizes = [...text.matchAll(SIZES)].map(([, value = '']) => value);
  const percents = sizes.filter((value) => value.includes('%'));
  const mostOf = (texts: readonly string[], viewport: number) =>
    texts.flatMap((each) => spansIn(each, viewport)).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return {
    stroke: text.includes('stroke')
      ? {
          isStroked: true,
          width: values('stroke-width').reduce((most, value) => Math.max(most, widthOf(value) ?? 0), 0),
          period: shortest(dashes.map(({ period }) => period)),
          isFine: dashes.some(({ isFine }) => isFine),
          isOnScreen: text.includes('vector-effect'),
          isRound: [...values('stroke-linejoin'), ...values('stroke-linecap')].some((value) => value.includes('round')),
        }
      : undefined,
    isSizing: sizes.length > 0,
    sizes: { units: mostOf(sizes, 0), percent: mostOf(percents, 100) },
    isTransforming: TRANSFORM.test(text),
  };
}

/** The stroke of an element, including what style sheets may give it; undefined if it is not stroked. */
export function strokeOf(own: Stroking, { stroke }: Sheeted): Stroke | undefined {
  if (stroke) return costlier(own, stroke);
  return own.isStroked ? own : undefined;
}
