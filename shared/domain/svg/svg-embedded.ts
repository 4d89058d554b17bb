import { resolved } from './svg-markup.ts';

/** Media types, by which librsvg goes, of what has no elements and no style sheet. */
const PICTURE = /^[ ]*(?:image\/(?!svg)|font\/|application\/(?:x-)?font)/i;
const NOTHING = /^(?!)/;
/** CSS escapes (CSS Syntax, 4.3.7). */
const ESCAPE = /\\(?:([\da-f]{1,6})[ \t\r\n\f]?|([^\da-f]))/gi;
/** What parsers of URLs leave out (WHATWG URL, 4.4). */
const LEFT_OUT = /[\t\r\n]/g;
const PERCENT = /%([\da-f]{2})/gi;
const BASE64 = /base64[ ]*$/i;
const BASE64_TEXT = /[\w+/=%\s-]*/y;
// A comment could stand between them, and does in no drawing that means well.
const IMPORTED = /@import[\s"']*(?:\/\*|(?:url\([\s"']*)?data:)/i;

const percentDecoded = (text: string): string =>
  text.replace(PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** CSS escapes resolved. */
export const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(ESCAPE, (_, hex: string | undefined, plain: string) =>
        hex ? String.fromCharCode(Number.parseInt(hex, 16) & 0xffff) : plain,
      )
    : text;

/**
 * The texts of the data URLs in the value of an attribute or in a style sheet, but for those of pictures and fonts. One that is not in
 * base64 goes on to the end of the value, because what ends it is not known.
 */
export const embeddedTexts = (value: string): string[] => embeddedIn(value, PICTURE);

/** The same of all data URLs, those of pictures included. */
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
    // Which of several is the beginning of a URL is not known either.
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

/** Whether a style sheet imports another that is in a data URL: all that librsvg would import, and nobody has counted its rules. */
export const importsData = (sheet: string): boolean => IMPORTED.test(unescaped(sheet).replace(LEFT_OUT, ''));

/** The same of the processing instructions in a text. */
export function linksData(text: string): boolean {
  const at = text.indexOf('<?xml-stylesheet');
  return at >= 0 && resolved(text.slice(at)).replace(LEFT_OUT, '').toLowerCase().includes('data:');
}
