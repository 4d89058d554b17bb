import { ImageServiceError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { type Frame, GRADIENT_NS, type LineCost, MOST_SIDES, type Stroke, scaleOf } from './svg-lines.ts';
import { type Attributes, plainStyle, unitsOf } from './svg-properties.ts';

/** The size of a font in user units (Infinity if unknown), and its multiple of the size around a reference to it, which is 0 if it does not depend on that. */
export interface Font {
  size: number;
  times: number;
}

/** The default font. */
export const USUAL_FONT: Font = { size: 12, times: 1 };

/** The largest font size that style sheets may give every element: absolute, and as a multiple of the size around it. */
export interface SheetedFont {
  size: number;
  times: number;
}

const LARGEST_WORD = 21;
const LARGER = 1.2;
const WORDS: Readonly<Record<string, Font>> = {
  inherit: { size: 0, times: 1 },
  smaller: { size: 0, times: 1 },
  larger: { size: 0, times: LARGER },
};
const ABSOLUTE_WORD = /^(?:initial|medium|(?:x{1,2}-)?(?:small|large))$/;
const RELATIVE = /^([-+]?[\d.]{1,30}(?:e[-+]?\d{1,3})?)(em|ex|ch|%)$/;
const IMPORTANT = /!\s*important/g;
const SHORTHAND = 'font';
const SIZE = 'font-size';

/** Reads a size, absolute or as a multiple of the size around it; undefined if the text is not a size. */
function sizeOf(text: string): Font | undefined {
  if (ABSOLUTE_WORD.test(text)) return { size: LARGEST_WORD, times: 0 };
  const word = WORDS[text];
  if (word) return word;
  const units = unitsOf(text);
  if (units !== undefined) return { size: units, times: 0 };
  const [, number, unit] = RELATIVE.exec(text) ?? [];
  const times = Math.abs(Number(number)) / (unit === '%' ? 100 : 1);
  return Number.isFinite(times) ? { size: 0, times } : undefined;
}

const UNKNOWN: Font = { size: Number.POSITIVE_INFINITY, times: 0 };
const WEIGHT = /^\d{1,4}$/;

/** Reads the size in the value of the `font` shorthand: the largest of its words that are sizes. A number before the size is the weight. */
function shorthandOf(text: string): Font | undefined {
  const words = text.split(/[\s,]+/, 20).map((word) => word.split('/', 1)[0] ?? '');
  const weight = words.findIndex((word) => WEIGHT.test(word));
  const sizes = words.flatMap((word, index) => {
    const isWeight = index === weight && words.some((other, at) => at !== weight && /^[-+.\d]/.test(other));
    return isWeight ? [] : (sizeOf(word) ?? (/^[-+.\d]|\(/.test(word) ? UNKNOWN : []));
  });
  return sizes.length > 0 ? largest(sizes) : undefined;
}

const largest = (sizes: readonly Font[]): Font => ({
  size: sizes.reduce((most, { size }) => Math.max(most, size), 0),
  times: sizes.reduce((most, { times }) => Math.max(most, times), 0),
});

const sizeIn = (property: string, text: string): Font | undefined => {
  const value = text.replace(IMPORTANT, '').trim();
  if (value === '') return undefined;
  return property === SIZE ? (sizeOf(value) ?? UNKNOWN) : shorthandOf(value);
};

/** The font sizes in all declarations of a text. */
function declaredSizes(text: string): Font[] {
  if (!text.includes(SHORTHAND)) return [];
  return text.split(/[;{}]/).flatMap((declaration) => {
    const [name = '', value = ''] = declaration.split(':', 2);
    const property = name.trim();
    return property === SIZE || property === SHORTHAND ? (sizeIn(property, value) ?? []) : [];
  });
}

export const sheetedFont = (sheets: readonly string[]): SheetedFont => {
  const sizes = sheets.flatMap((sheet) => declaredSizes(plainStyle(sheet)));
  return largest(sizes);
};

/** The font of an element within another. */
export function fontOf(around: Font, attributes: Attributes, { style, sheet }: { style: string; sheet: SheetedFont }) {
  const sizes = declaredSizes(style);
  for (const property of [SIZE, SHORTHAND]) {
    const text = attributes.get(property);
    const size = text === undefined ? undefined : sizeIn(property, plainStyle(text));
    if (size) sizes.push(size);
  }
  const own = sizes.length > 0 ? largest(sizes) : { size: 0, times: 1 };
  const times = Math.max(own.times, sheet.times);
  if (times === 1 && own.size === 0 && sheet.size <= around.size) return around;
  return {
    size: Math.max(own.size, sheet.size, times === 0 ? 0 : times * around.size),
    times: times === 0 ? 0 : times * around.times,
  };
}

/** The bytes of a text without white space, which has no lines. */
export const lettersOf = (text: string): number => text.length - (text.match(/\s/g)?.length ?? 0);

/**
 * Nanoseconds per byte of a text on one core (librsvg 2.63 with the DejaVu fonts, measured at 200 to 2000 pixels a side). No letter
 * takes longer than `@`, and letters of several bytes take less per byte. Pango lays the text out and its outline is read, whether it is stroked or not.
 */
const LETTER_NS = 55_000;
/** Per square root of the size in pixels, with which the number of curves grows. A stroke has two lines for each. */
const CURVES_NS = 9_000;
const STROKED = 2;
/** Per square root of a stroke's width in pixels, for its joins. */
const JOINS_NS = 30_000;
/** Per pixel of the size, and per pixel of a stroke's width. */
const HIGH_NS = { filled: 300, stroked: 1_200, width: 2_500 };
const COVER_NS = { filled: 0.7, stroked: 2 };
/** Per dash, per dash and pixel of the stroke's width, and per dash and square root of that width if its ends are round. */
const DASH_NS = { once: 600, width: 400, round: 8_000 };
/** The length of a letter's outline, as a multiple of its size. */
const OUTLINE = 8;
/** So many letters in one text double the cost per letter: all lines are compared with each other, and those of strokes cross their neighbours'. */
const DOUBLED = { filled: 300, stroked: 100 };
/** So many dashes double it likewise: 20 letters with 533 dashes each took 0.2 s, 60 took 2.6 s, and 80 more than 20 s. */
const DOUBLED_DASHES = 2_000;
/** The tangent at 500 pixels, which bounds the square root of a side. */
const ROOT = { once: 11.2, side: 0.0224 };
/** The size, in sides of the canvas, of text whose size is unknown. */
const ANY_SIDES = 16;

/** The cost of a text by its number of bytes, and by the number of bytes that are drawn together with it. */
export function costOfText(
  { letters, together }: { letters: number; together: number },
  { size, frame, stroke, isGradient }: { size: number; frame: Frame; stroke: Stroke | undefined; isGradient: boolean },
): LineCost {
  const scale = scaleOf(frame) / Math.SQRT2;
  const isKnown = Number.isFinite(size) && Number.isFinite(scale);
  const sides = isKnown ? size * scale : ANY_SIDES;
  const wide = stroke ? Math.min(scale * stroke.width, MOST_SIDES) || 0 : 0;
  const curves = CURVES_NS * (stroke ? STROKED : 1);
  const joins = stroke ? JOINS_NS : 0;
  const outline = OUTLINE * (isKnown ? size : ANY_SIDES / (scale || 1));
  const single = stroke && stroke.period > 0 ? outline / stroke.period : 0;
  const dashes = single * (1 + (single * together) / DOUBLED_DASHES);
  const rounds = stroke?.isRound ? dashes * DASH_NS.round : 0;
  const roots = curves * Math.sqrt(Math.min(sides, MOST_SIDES)) + (joins + rounds) * Math.sqrt(Math.min(1, wide));
  const mostRoots = (curves + joins + rounds) * Math.sqrt(MOST_SIDES);
  const high = stroke ? HIGH_NS.stroked : HIGH_NS.filled;
  const width = stroke ? HIGH_NS.width + dashes * DASH_NS.width : 0;
  const perPixel = (stroke ? COVER_NS.stroked : COVER_NS.filled) + (isGradient ? GRADIENT_NS : 0);
  const times = letters * (1 + together / (stroke ? DOUBLED.stroked : DOUBLED.filled));
  return {
    lineNs: times * (LETTER_NS + roots * ROOT.once + dashes * DASH_NS.once),
    sideNs: times * (roots * ROOT.side + high * Math.min(1, sides) + width * Math.min(1, wide)),
    mostSideNs: times * (mostRoots * ROOT.side + high + width),
    coverNs: times * perPixel * Math.min(1, sides + 2 * wide) ** 2,
    mostCoverNs: times * perPixel,
  };
}

/** Refuses a drawing with too long texts, by the sum of the squares of their lengths in bytes: `image_unreadable`. */
export function checkTexts(actual: number): void {
  const limit = LIMITS.svgTextSquares;
  if (actual <= limit) return;
  const detail = `The texts of the SVG are so long that the squares of their lengths in bytes add up to ${actual}; the limit is ${limit}. Split long texts into several elements.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual });
}
