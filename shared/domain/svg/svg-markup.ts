/** Bytes of elements, summed over all elements. An element counts as often as selectors can reach it. */
export interface Bytes {
  /** The bytes of each element itself. */
  own: number;
  /** `own` and the bytes of the ancestors of each element. */
  above: number;
  /** The bytes of each element, its ancestors, and the siblings before it and before its ancestors. */
  around: number;
}

/** The facts about an SVG's markup that decide how long it takes to match its style sheets. */
export interface SvgMarkup {
  elements: number;
  /** The depth of nesting, and the most children of an element. */
  depth: number;
  mostChildren: number;
  /** The number of siblings before an element or its ancestors, summed over all elements. */
  siblingsBefore: number;
  /** The sum of the squares of the lengths of its texts. */
  textSquares: number;
  /** Bytes of the values of `class` attributes. */
  classes: Bytes;
  /** Bytes of the start tags, attributes included. */
  tags: Bytes;
  /** Whether an element may include another document, whose elements are then in the same tree. */
  isOpen: boolean;
  /** The text of each style element, with character references resolved. */
  sheets: string[];
  /** Attribute values, and processing instructions, that may contain a data URL. */
  values: string[];
  instructions: string[];
}

const NAME = /<(?:[^\s/>:<]*:)?([^\s/>:<]+)/y;
// XML forbids `<` in attribute values, so every `<` begins markup.
const ATTRIBUTE = /\s*([^\s=/>"'<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const REFERENCE = /&(?:#0*(\d{1,8})|#x0*([\da-f]{1,8})|(lt|gt|amp|quot|apos));/gi;
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** A character as UTF-8 bytes in a Latin-1 string, like the text around it. */
const character = (code: number): string =>
  code < 0x80
    ? String.fromCharCode(code)
    : code <= 0x10ffff
      ? Buffer.from(String.fromCodePoint(code)).toString('latin1')
      : '';

/** Resolves character references, once. */
export const resolved = (text: string): string =>
  text.includes('&')
    ? text.replace(REFERENCE, (_, decimal: string, hex: string, name: string) =>
        name ? (NAMED[name] ?? '') : character(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
      )
    : text;

/** The offset after the next occurrence of `end`. */
const behind = (svg: string, end: string, from: number): number => {
  const found = svg.indexOf(end, from);
  return found < 0 ? svg.length : found + end.length;
};

/** Is called for each element of a drawing, in document order. */
export interface Visitor {
  /** Called with the name without its prefix, and the attributes with character references resolved. */
  begin(name: string, attributes: ReadonlyMap<string, string>): void;
  end(): void;
  /** Called with text in the innermost open element. */
  text?(text: string): void;
}

/** Reads the elements of an SVG from an offset after its DOCTYPE, in one pass. */
export function readMarkup(svg: string, from: number, visitor?: Visitor): SvgMarkup {
  const markup: SvgMarkup = {
    elements: 0,
    depth: 0,
    mostChildren: 0,
    siblingsBefore: 0,
    textSquares: 0,
    classes: { own: 0, above: 0, around: 0 },
    tags: { own: 0, above: 0, around: 0 },
    isOpen: false,
    sheets: [],
    values: [],
    instructions: [],
  };
  /** For each open element: the number of its children so far, and the number of siblings before it and its ancestors. */
  const children: number[] = [0];
  const before: number[] = [0];
  const classes = levelsOf(markup.classes);
  const tags = levelsOf(markup.tags);
  /** The level of the open style element, and its text. */
  let sheet: { level: number; parts: string[] } | undefined;
  /** The level of the outermost open text element, whose spans are laid out with it, and its length. */
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
      visitor?.end();
      children.pop();
      before.pop();
      classes.end();
      tags.end();
    }
  };
  let at = svg.indexOf('<', from);
  while (at >= 0) {
    let next = at + 1;
    if (svg.startsWith('<!--', at)) next = behind(svg, '-->', at + 4);
    else if (svg.startsWith('<![CDATA[', at)) {
      next = behind(svg, ']]>', at + 9);
      sheet?.parts.push(svg.slice(at + 9, next - 3));
      visitor?.text?.(svg.slice(at + 9, next - 3));
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
        visitor?.begin(name[1] ?? '', tag.attributes);
        next = Math.max(next, tag.end);
        classes.begin(tag.attributes.get('class')?.length ?? 0);
        tags.begin(next - at);
        markup.elements += 1;
        const siblings = (children.at(-1) ?? 0) + 1;
        children[children.length - 1] = siblings;
        markup.mostChildren = Math.max(markup.mostChildren, siblings);
        before.push((before.at(-1) ?? 0) + siblings - 1);
        markup.siblingsBefore += before.at(-1) ?? 0;
        children.push(0);
        markup.depth = Math.max(markup.depth, children.length - 1);
        if (name[1] === 'include') markup.isOpen = true;
        if (name[1] === 'style') sheet ??= { level: children.length, parts: [] };
        if (name[1] === 'text') text ??= { level: children.length, length: 0 };
        if (tag.isEmpty) endElement();
      }
    }
    at = svg.indexOf('<', next);
    if (text) text.length += (at < 0 ? svg.length : at) - next;
    visitor?.text?.(svg.slice(next, at < 0 ? svg.length : at));
    if (sheet) sheet.parts.push(resolved(svg.slice(next, at < 0 ? svg.length : at)));
  }
  endText();
  if (sheet) markup.sheets.push(sheet.parts.join(''));
  return markup;
}

/** Sums up bytes of elements as they begin and end. */
function levelsOf(sum: Bytes): { begin: (bytes: number) => void; end: () => void } {
  /** For each open element: the bytes of it and its ancestors, those including the siblings before them, and those of its children so far. */
  const levels = [{ above: 0, around: 0, children: 0 }];
  return {
    begin: (bytes) => {
      const parent = levels.at(-1) ?? { above: 0, around: 0, children: 0 };
      parent.children += bytes;
      const level = { above: parent.above + bytes, around: parent.around + parent.children, children: 0 };
      levels.push(level);
      sum.own += bytes;
      sum.above += level.above;
      sum.around += level.around;
    },
    end: () => levels.pop(),
  };
}

interface Tag {
  end: number;
  isEmpty: boolean;
  attributes: ReadonlyMap<string, string>;
}

function readTag(svg: string, from: number, markup: SvgMarkup): Tag {
  let end = from;
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = from;
  for (let found = ATTRIBUTE.exec(svg); found; found = ATTRIBUTE.exec(svg)) {
    end = ATTRIBUTE.lastIndex;
    const value = found[2] ?? found[3] ?? '';
    attributes.set(found[1] ?? '', resolved(value));
    if (value.includes(',')) markup.values.push(value);
  }
  TAG_END.lastIndex = end;
  const isEmpty = TAG_END.exec(svg)?.[1] === '/';
  return { end: TAG_END.lastIndex || end, isEmpty, attributes };
}
