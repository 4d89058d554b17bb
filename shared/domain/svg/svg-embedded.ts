import { resolved } from './svg-markup.ts';

/** Media types of data without elements and style sheets. librsvg relies on the media type. */
const PICTURE = /^[ ]*(?:image\/(?!svg)|font\/|application\/(?:x-)?font)/i;
const NOTHING = /^(?!)/;
/** CSS escapes (CSS Syntax, 4.3.7). */
const ESCAPE = /\\(?:([\da-f]{1,6})[ \t\r\n\f]?|([^\da-f]))/gi;
/** Characters that parsers of URLs ignore (WHATWG URL, 4.4). */
const LEFT_OUT = /[\t\r\n]/g;
const PERCENT = /%([\da-f]{2})/gi;
const BASE64 = /base64[ ]*$/i;
const BASE64_TEXT = /[\w+/=%\s-]*/y;
// A comment between them is possible, but honest drawings have none.
const IMPORTED = /@import[\s"']*(?:\/\*|(?:url\([\s"']*)?data:)/i;

const percentDecoded = (text: string): string =>
  text.replace(PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Resolves CSS escapes. */
export const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(ESCAPE, (_, hex: string | undefined, plain: string) =>
        hex ? String.fromCharCode(Number.parseInt(hex, 16) & 0xffff) : plain,
      )
    : text;

/**
 * The contents of the data URLs in an attribute value or a style sheet, except pictures and fonts. A data URL that is not in
 * base64 is read to the end of the value, because its end is not known.
 */
export const embeddedTexts = (value: string): string[] => embeddedIn(value, PICTURE);

/** The contents of all data URLs in a value, including pictures and fonts. */
export const embeddedBytes = (value: string): string[] => embeddedIn(value, NOTHING);

function embeddedIn(value: string, leftOut: RegExp): string[] {
  const url = unescaped(resolved(value)).replace(LEFT_OUT, '');
  const lower = url.toLowerCase();
  const texts: string[] = [];
  let hasPlain = false;
  for (let at = lower.indexOf('data:'); at >= 0; ) {
    const comma = lower.indexOf(',', at);
    if (comma < 0) break;
    const type = lower.slice(at + 5, comma);
    // If `data:` occurs several times, it is not known where the URL begins.
    if (!type.split('data:').every((each) => leftOut.test(each))) {
      if (BASE64.test(type)) {
        BASE64_TEXT.lastIndex = comma + 1;
        texts.push(Buffer.from(percentDecoded(BASE64_TEXT.exec(url)?.[0] ?? ''), 'base64').toString('latin1'));
      } else if (!hasPlain) {
        hasPlain = true;
        texts.push(percentDecoded(url.slice(comma + 1)));
      }
    }
    at = lower.indexOf('data:', comma);
  }
  return texts;
}

/** Whether a style sheet imports another from a data URL. librsvg imports no others, and the rules of this one would not be counted. */
export const importsData = (sheet: string): boolean => IMPORTED.test(unescaped(sheet).replace(LEFT_OUT, ''));

/** Whether a processing instruction in a text takes a style sheet from a data URL. */
export function linksData(text: string): boolean {
  const at = text.indexOf('<?xml-stylesheet');
  return at >= 0 && resolved(text.slice(at)).replace(LEFT_OUT, '').toLowerCase().includes('data:');
}
