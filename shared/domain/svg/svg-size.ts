import type { SvgRoot } from './svg-root.ts';

/** The size that an SVG asks for, in pixels at 96 to the inch, not rounded. */
export interface SvgSize {
  width: number;
  height: number;
  /** Whether the root has a width or a height. Otherwise both come from the viewBox and are coordinates rather than pixels. */
  isTold: boolean;
}

/** The size in pixels of the CSS units (https://www.w3.org/TR/css-values-3/#absolute-lengths) that SVG 1.1 has. */
const PIXELS: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  pt: 96 / 72,
  pc: 16,
};

const LENGTH = /^([+-]?(?:\d+|\d*\.\d+)(?:e[+-]?\d+)?)([a-z]*|%)$/i;

/**
 * The size of an SVG from the attributes of its root. A side that is missing, a percentage or not a length follows from the viewBox.
 * The size is undefined if units depend on a font or a window, or if there are neither sides nor a viewBox. Style sheets are not read.
 */
export function svgSize({ attributes }: Pick<SvgRoot, 'attributes'>): SvgSize | undefined {
  const style = inlineStyle(attributes.get('style') ?? '');
  const width = lengthOf(style.get('width') ?? attributes.get('width'));
  const height = lengthOf(style.get('height') ?? attributes.get('height'));
  if (width === undefined || height === undefined) return undefined;
  if (width !== 'auto' && height !== 'auto') return { width, height, isTold: true };
  const box = viewBoxOf(attributes.get('viewBox') ?? '');
  if (!box) return undefined;
  if (width !== 'auto') return { width, height: (width * box.height) / box.width, isTold: true };
  if (height !== 'auto') return { width: (height * box.width) / box.height, height, isTold: true };
  return { ...box, isTold: false };
}

/** A length in pixels; undefined if it depends on more than the text. A text that is not a length is ignored, as in CSS. */
function lengthOf(text = ''): number | 'auto' | undefined {
  const [, number, unit = ''] = LENGTH.exec(text.trim()) ?? [];
  if (number === undefined) return text.includes('&') ? undefined : 'auto';
  const scale = PIXELS[unit.toLowerCase()];
  if (scale === undefined) return unit === '%' ? 'auto' : undefined;
  const pixels = Number(number) * scale;
  return Number.isFinite(pixels) && pixels >= 0 ? pixels : 'auto';
}

/** The properties of a style attribute, which take precedence over attributes. */
const inlineStyle = (style: string): Map<string, string> =>
  new Map(
    style.split(';').map((declaration) => {
      const [property = '', value = ''] = declaration.split(':', 2);
      return [property.trim().toLowerCase(), value.replace('!important', '')];
    }),
  );

function viewBoxOf(text: string): { width: number; height: number } | undefined {
  const [left = NaN, top = NaN, width = NaN, height = NaN, ...more] = text
    .trim()
    .split(/[ \t\r\n,]+/)
    .map(Number);
  const isBox = [left, top, width, height].every(Number.isFinite) && more.length === 0;
  return isBox && width > 0 && height > 0 ? { width, height } : undefined;
}
