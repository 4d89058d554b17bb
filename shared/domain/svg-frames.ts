import { unescaped } from './svg-embedded.ts';
import type { Frame, Stroke } from './svg-lines.ts';
import { resolved } from './svg-markup.ts';
import { svgSize } from './svg-size.ts';

type Attributes = ReadonlyMap<string, string>;

/** Where a unit is as large as the canvas: of what is drawn in a size that nobody knows. */
export const WHOLE: Frame = { xx: 1, xy: 0, yx: 0, yy: 1 };

const COMMENT = /\/\*.*?(?:\*\/|$)/gs;

/** Declarations without escapes and comments, in lower case. */
export const plainStyle = (text: string): string =>
  text === '' ? '' : unescaped(resolved(text)).replace(COMMENT, '').toLowerCase();

/** The value of a property, of a style before that of an attribute. */
export function propertyOf(name: string, attributes: Attributes, style: string): string | undefined {
  const at = style.includes(name) ? style.split(';').map((each) => each.split(':', 2)) : [];
  const declared = at.findLast(([property = '']) => property.trim() === name)?.[1];
  return declared?.trim() ?? attributes.get(name)?.trim().toLowerCase();
}

const UNITS: Readonly<Record<string, number>> = { '': 1, px: 1, pt: 1.34, pc: 16, mm: 3.8, cm: 38, in: 96 };
const LENGTH = /^([-+]?[\d.]{1,30}(?:e[-+]?\d{1,3})?)(px|pt|pc|mm|cm|in)?\s*(?:!important)?$/;

/** User units of a length; undefined where it depends on more than its text, or is none. */
export function unitsOf(text: string | undefined): number | undefined {
  const [, number, unit = ''] = LENGTH.exec((text ?? '').toLowerCase().trim()) ?? [];
  const units = Number(number) * (UNITS[unit] ?? Number.NaN);
  return Number.isFinite(units) ? Math.abs(units) : undefined;
}

export interface Box {
  width: number;
  height: number;
}

/** The size of a viewBox, if an element has one. */
export function viewBoxOf(attributes: Attributes): Box | undefined {
  const text = attributes.get('viewBox');
  if (text === undefined) return undefined;
  const numbers = text.trim().split(/[\s,]+/);
  const [width = 0, height = 0] = numbers.slice(2).map(Number);
  return numbers.length === 4 && width > 0 && height > 0 ? { width, height } : undefined;
}

const isCut = (attributes: Attributes): boolean => /slice/i.test(attributes.get('preserveAspectRatio') ?? '');

/** The frame of a viewBox that fills a canvas. */
export function frameOfBox({ width, height }: Box, attributes: Attributes): Frame {
  const side = isCut(attributes) ? Math.min(width, height) : Number.POSITIVE_INFINITY;
  return { xx: 1 / Math.min(width, side), xy: 0, yx: 0, yy: 1 / Math.min(height, side) };
}

/** The frame that the root of a drawing gives what is in it. */
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

/** A frame within another that is so much larger to each side. */
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

/** A frame behind a transform; one in which all is as large as the canvas where that is not understood. */
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
    // Where numbers are not parted, or are none, nothing is known of them.
    if (made !== FUNCTIONS.translate && !read.every(Number.isFinite) && !name.includes('translate')) return WHOLE;
    frame = times(frame, isTurn && /[a-z]/.test(listed) ? turnedAnyhow(name) : made(read));
  }
  return frame;
}

/** By an angle in another unit than degrees. */
const turnedAnyhow = (name: string): Frame =>
  name.includes('skew') ? { xx: 1e6, xy: 1e6, yx: 1e6, yy: 1e6 } : { xx: 1, xy: 1, yx: 1, yy: 1 };

/** How elements are stroked, as far as those around them tell. */
export interface Stroking extends Stroke {
  isStroked: boolean;
}

export const UNSTROKED: Stroking = { isStroked: false, width: 1, period: 0, isRound: false };
/** Of a width that is a part of a size, or calculated. */
const ANY_WIDTH = 1e4;

const STROKES = ['stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap'];

const numbersIn = (text: string): number[] =>
  text.split(/[\s,]+/).map((each) => Math.abs(Number.parseFloat(each) || 0));

/** How an element is stroked that is within another. */
export function stroking(around: Stroking, attributes: Attributes, style: string): Stroking {
  if (style === '' && !STROKES.some((name) => attributes.has(name))) return around;
  const of = (name: string) => propertyOf(name, attributes, style);
  const [stroke, width, dashes] = [of('stroke'), of('stroke-width'), of('stroke-dasharray')];
  const isRound = of('stroke-linejoin') === 'round' || of('stroke-linecap') === 'round';
  if (stroke === undefined && width === undefined && dashes === undefined && !isRound) return around;
  return {
    isStroked: stroke === undefined || stroke === 'inherit' ? around.isStroked : stroke !== 'none',
    width: width === undefined ? around.width : (unitsOf(width) ?? ANY_WIDTH),
    period: dashes === undefined ? around.period : numbersIn(dashes).reduce((sum, each) => sum + each, 0),
    isRound: isRound || around.isRound,
  };
}

/** What style sheets may give every element: their widest stroke and shortest dashes. */
export interface Sheeted {
  stroke: Stroking | undefined;
  /** Whether they change the size of elements, or of the frames in which these are. */
  isSizing: boolean;
  isTransforming: boolean;
}

const SIZES = /[{;\s](?:r|rx|ry|width|height)\s*:/;
const TRANSFORM = /[{;\s](?:transform|scale|rotate|zoom)\s*:/;

export function sheeted(sheets: readonly string[]): Sheeted {
  const text = sheets.map(plainStyle).join(';');
  const values = (name: string) =>
    text
      .split(name)
      .slice(1)
      .map((rest) => rest.slice(0, 200).split(/[;}]/, 1)[0] ?? '')
      .map((value) => value.replace(':', '').trim());
  const widths = values('stroke-width').map((value) => unitsOf(value) ?? ANY_WIDTH);
  const periods = values('stroke-dasharray')
    .map((value) => numbersIn(value).reduce((sum, each) => sum + each, 0))
    .filter((period) => period > 0);
  return {
    stroke: text.includes('stroke')
      ? {
          isStroked: true,
          width: Math.max(0, ...widths.slice(0, 1e4)),
          period: periods.length > 0 ? Math.min(...periods.slice(0, 1e4)) : 0,
          isRound: values('stroke-line').some((value) => value.includes('round')),
        }
      : undefined,
    isSizing: SIZES.test(text),
    isTransforming: TRANSFORM.test(text),
  };
}

/** What an element has of its own and of what style sheets may give it. */
export function strokeOf(own: Stroking, { stroke }: Sheeted): Stroke | undefined {
  if (!stroke) return own.isStroked ? own : undefined;
  const periods = [own.period, stroke.period].filter((period) => period > 0);
  return {
    width: Math.max(own.width, stroke.width),
    period: periods.length > 0 ? Math.min(...periods) : 0,
    isRound: own.isRound || stroke.isRound,
  };
}
