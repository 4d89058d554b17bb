import { unescaped } from './svg-embedded.ts';

/** The attributes of an element. */
export type Attributes = ReadonlyMap<string, string>;

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
export const isOdd = (style: string): boolean =>
  BRACKET.test(style) && BRACKET.test(style.replace(QUOTED, '').replace(CALL, ''));

/** All values of a property in a style. librsvg may use any of them, because it drops values that it does not understand, and some are important. */
export function declaredIn(style: string, name: string): string[] {
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
