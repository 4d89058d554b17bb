/** What of an SVG decides how long its style sheets are held against its elements. */
export interface SvgMarkup {
  elements: number;
  /** Levels of elements, and the most children that one has. */
  depth: number;
  mostChildren: number;
  /** How many siblings stand before an element or its ancestors, of all elements together. */
  siblingsBefore: number;
  /** The squares of the lengths of its texts, together. */
  textSquares: number;
  /** Of the values of attributes named `class`. */
  classBytes: number;
  bytes: number;
  /** The text of each style element, references to characters resolved. */
  sheets: string[];
  /** Values of attributes in which a data URL may stand, and the instructions, likewise. */
  values: string[];
  instructions: string[];
}

const NAME = /<(?:[^\s/>:<]*:)?([^\s/>:<]+)/y;
// XML forbids `<` in the value of an attribute, so that every one of them begins markup.
const ATTRIBUTE = /\s*([^\s=/>"'<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const REFERENCE = /&(?:#(\d{1,8})|#x([\da-f]{1,8})|(lt|gt|amp|quot|apos));/gi;
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

/** References to characters resolved, once. */
export const resolved = (text: string): string =>
  text.includes('&')
    ? text.replace(REFERENCE, (_, decimal: string, hex: string, name: string) =>
        name ? (NAMED[name] ?? '') : character(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
      )
    : text;

/** The offset behind what begins at a place and ends with a text. */
const behind = (svg: string, end: string, from: number): number => {
  const found = svg.indexOf(end, from);
  return found < 0 ? svg.length : found + end.length;
};

/** Reads the elements of an SVG from a place behind its DOCTYPE, once from end to end. */
export function readMarkup(svg: string, from: number): SvgMarkup {
  const markup: SvgMarkup = {
    elements: 0,
    depth: 0,
    mostChildren: 0,
    siblingsBefore: 0,
    textSquares: 0,
    classBytes: 0,
    bytes: svg.length,
    sheets: [],
    values: [],
    instructions: [],
  };
  /** Of each element that has been begun, how many children it has so far, and what siblings stand before it. */
  const children: number[] = [0];
  const before: number[] = [0];
  /** The level of the style element that has been begun, and its text. */
  let sheet: { level: number; parts: string[] } | undefined;
  /** The same of the outermost text, whose spans are laid out with it. */
  let text: { level: number; length: number } | undefined;
  const endText = () => {
    markup.textSquares += (text?.length ?? 0) ** 2;
    text = undefined;
  };
  const endElement = () => {
    if (text && children.length === text.level) endText();
    if (sheet && children.length === sheet.level) {
      markup.sheets.push(sheet.parts.join(''));
      sheet = undefined;
    }
    if (children.length > 1) {
      children.pop();
      before.pop();
    }
  };
  let at = svg.indexOf('<', from);
  while (at >= 0) {
    let next = at + 1;
    if (svg.startsWith('<!--', at)) next = behind(svg, '-->', at + 4);
    else if (svg.startsWith('<![CDATA[', at)) {
      next = behind(svg, ']]>', at + 9);
      sheet?.parts.push(svg.slice(at + 9, next - 3));
      if (text) text.length += next - at;
    } else if (svg.startsWith('<?', at)) {
      next = behind(svg, '?>', at + 2);
      markup.instructions.push(svg.slice(at, next));
    } else if (svg.startsWith('</', at)) {
      next = behind(svg, '>', at);
      endElement();
    } else {
      NAME.lastIndex = at;
      const name = NAME.exec(svg);
      if (name) {
        const tag = readTag(svg, NAME.lastIndex, markup);
        next = Math.max(next, tag.end);
        markup.elements += 1;
        const siblings = (children.at(-1) ?? 0) + 1;
        children[children.length - 1] = siblings;
        markup.mostChildren = Math.max(markup.mostChildren, siblings);
        before.push((before.at(-1) ?? 0) + siblings - 1);
        markup.siblingsBefore += before.at(-1) ?? 0;
        children.push(0);
        markup.depth = Math.max(markup.depth, children.length - 1);
        if (name[1] === 'style') sheet ??= { level: children.length, parts: [] };
        if (name[1] === 'text') text ??= { level: children.length, length: 0 };
        if (tag.isEmpty) endElement();
      }
    }
    at = svg.indexOf('<', next);
    if (text) text.length += (at < 0 ? svg.length : at) - next;
    if (sheet) sheet.parts.push(resolved(svg.slice(next, at < 0 ? svg.length : at)));
  }
  endText();
  if (sheet) markup.sheets.push(sheet.parts.join(''));
  return markup;
}

function readTag(svg: string, from: number, markup: SvgMarkup): { end: number; isEmpty: boolean } {
  let end = from;
  ATTRIBUTE.lastIndex = from;
  for (let found = ATTRIBUTE.exec(svg); found; found = ATTRIBUTE.exec(svg)) {
    end = ATTRIBUTE.lastIndex;
    const value = found[2] ?? found[3] ?? '';
    if (found[1] === 'class') markup.classBytes += value.length;
    if (value.includes(',')) markup.values.push(value);
  }
  TAG_END.lastIndex = end;
  const isEmpty = TAG_END.exec(svg)?.[1] === '/';
  return { end: TAG_END.lastIndex || end, isEmpty };
}
