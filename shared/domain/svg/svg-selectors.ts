import type { SvgMarkup } from './svg-markup.ts';

/** The facts about the markup of a drawing and everything embedded in it. */
export type Held = Pick<SvgMarkup, 'elements' | 'depth' | 'mostChildren' | 'siblingsBefore' | 'classes' | 'tags'>;

/** The beginnings of comments, strings, unquoted URLs and escapes (CSS Syntax, 4.3). */
const TOKEN = /\/\*|["'\\]|url\((?!\s*["'])/gi;
/** Replaces a token, followed by its index. It cannot occur in texts whose characters are bytes. */
const TOKEN_SIGN = '\u2020';
const TOKEN_PLACE = /"\u2020(\d+)"/g;
const ANY = { kind: 'any', name: '' } as const;
/** Characters that a string or a URL with this end cannot contain. */
const BREAKS: Record<string, RegExp> = { '"': /[\\\r\n\f]/, "'": /[\\\r\n\f]/, ')': /["'(\\]/ };
/** The beginnings of all simple selectors but the first of a compound, and combinators. */
const SIGNS = /[.#[:>+~*(|,]|\s+/g;
const ANCESTORS = /[\s>+]/;
const SIBLINGS = /[+~]/;
/** Selectors that look at all siblings of an element. `first-child`, `last-child` and `only-child` look at one. */
const COUNTING = /nth-|-of-type/i;

/** Bytes that librsvg (2.63, measured) compares or copies in the time of matching one simple selector with one element. */
const CLASS_BYTES = 6;
const ATTRIBUTE_BYTES = 16;
const DECLARATION_BYTES = 8;
/** Declarations of more bytes than this may be lists of numbers, each of which is copied for a byte or two of text. */
const SHORT_BYTES = 1000;
/** Siblings that librsvg counts in that time. */
const SIBLINGS_COUNTED = 64;
/** A rule that is matched with no element, and often contains a font. */
const FONT_RULE = /^@font-face\s*\{/i;

const count = (text: string, signs: RegExp): number => {
  let found = 0;
  for (const _ of text.matchAll(signs)) found += 1;
  return found;
};

/**
 * An upper bound for how often librsvg matches a simple selector of a style sheet with an element. A selector that looks at ancestors or
 * siblings is matched with all of them, and one that counts siblings walks over them each time.
 */
export function comparisonsOf(sheet: string, held: Held): number {
  const plain = withoutTokens(sheet);
  if (plain === undefined) return ofSelector(sheet, held) + ofDeclarations(sheet, held);
  let sum = 0;
  for (const untrimmed of plain.split('}')) {
    const rule = untrimmed.trim();
    if (FONT_RULE.test(rule) && rule.indexOf('{') === rule.lastIndexOf('{')) continue;
    const opening = rule.lastIndexOf('{');
    const prelude = opening < 0 ? rule : rule.slice(0, opening);
    for (const selector of selectorsOf(prelude)) sum += ofSelector(selector.trim(), held);
    sum += ofDeclarations(rule.slice(opening + 1), held);
  }
  return sum;
}

/**
 * A style sheet without comments and without the contents of its strings and URLs, in which no rule begins or ends. It is undefined if the sheet has escapes, or
 * comments, strings or URLs without an end, because the ends of rules are then not certain. The removed contents go to `tokens`; their indices stay in the text.
 */
function withoutTokens(sheet: string, tokens?: string[]): string | undefined {
  const parts: string[] = [];
  let from = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(sheet); found; found = TOKEN.exec(sheet)) {
    const sign = found[0];
    const inside = TOKEN.lastIndex;
    const closing = sign === '/*' ? '*/' : sign === '"' || sign === "'" ? sign : ')';
    const end = sheet.indexOf(closing, inside);
    if (sign === '\\' || end < 0) return undefined;
    if (sign !== '/*' && BREAKS[closing]?.test(sheet.slice(inside, end))) return undefined;
    const filler = tokens ? `${TOKEN_SIGN}${tokens.length}` : 'a'.repeat(end - inside);
    if (sign !== '/*') tokens?.push(sheet.slice(found.index, end + closing.length));
    const left = sign === '/*' ? ' ' : `"${filler}"`;
    parts.push(sheet.slice(from, found.index), left);
    from = end + closing.length;
    TOKEN.lastIndex = from;
  }
  return parts.join('') + sheet.slice(from);
}

/** The elements that a rule applies to, by the last compound of its selector: those with a type, class or id, or all. */
interface Subject {
  kind: 'type' | 'class' | 'id' | 'any';
  name: string;
}

export interface StyleRule {
  subjects: Subject[];
  declarations: string;
}

/** The rules of a style sheet. If their ends are not certain, the whole text is one rule for all elements. */
export function rulesOf(sheet: string): StyleRule[] {
  const tokens: string[] = [];
  const plain = withoutTokens(sheet, tokens);
  if (plain === undefined) return [{ subjects: [ANY], declarations: sheet }];
  const restored = (text: string) => text.replace(TOKEN_PLACE, (_, index: string) => tokens[Number(index)] ?? '');
  return plain.split('}').map((rule) => {
    const opening = rule.lastIndexOf('{');
    return {
      subjects: selectorsOf(rule.slice(0, Math.max(0, opening))).map(subjectOf),
      declarations: restored(rule.slice(opening + 1)),
    };
  });
}

function subjectOf(selector: string): Subject {
  // The same signs have other meanings in parentheses and brackets.
  const compound = /[([\\"]/.test(selector)
    ? ''
    : (selector
        .trim()
        .split(/[\s>+~{;|]/)
        .at(-1) ?? '');
  const [, sign, name = ''] = /([.#]?)([^.#:*]+)/.exec(compound.split(':', 1)[0] ?? '') ?? [];
  if (name === '') return ANY;
  return { kind: sign === '.' ? 'class' : sign === '#' ? 'id' : 'type', name };
}

/** Splits a list of selectors at its commas, except those in parentheses. */
function selectorsOf(prelude: string): string[] {
  if (!prelude.includes('(')) return prelude.split(',');
  const selectors: string[] = [];
  let open = 0;
  let from = 0;
  for (const { 0: sign, index } of prelude.matchAll(/[(),]/g)) {
    if (sign === '(') open += 1;
    else if (sign === ')') open = Math.max(0, open - 1);
    else if (open === 0) {
      selectors.push(prelude.slice(from, index));
      from = index + 1;
    }
  }
  return [...selectors, prelude.slice(from)];
}

function ofSelector(selector: string, held: Held): number {
  const { elements, depth, mostChildren, siblingsBefore, classes, tags } = held;
  const ancestors = ANCESTORS.test(selector) ? depth : 0;
  const siblings = selector.includes('~') ? siblingsBefore / elements : 0;
  const counted = COUNTING.test(selector) ? mostChildren / SIBLINGS_COUNTED : 0;
  const compared = (1 + count(selector, SIGNS)) * elements * (1 + ancestors + siblings);
  // The attributes of an element are read again for each descendant and sibling that reaches it.
  const reach = SIBLINGS.test(selector) ? 'around' : ANCESTORS.test(selector) ? 'above' : 'own';
  const read =
    (count(selector, /\./g) * classes[reach]) / CLASS_BYTES + (count(selector, /\[/g) * tags[reach]) / ATTRIBUTE_BYTES;
  return (compared + read) * (1 + counted);
}

const ofDeclarations = ({ length }: string, { elements }: Held): number =>
  (1 + Math.floor(length / DECLARATION_BYTES) + Math.max(0, length - SHORT_BYTES)) * elements;
