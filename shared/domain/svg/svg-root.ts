/** A place of a text. */
export interface Stretch {
  start: number;
  end: number;
}

/** What stands before the content of an SVG. */
export interface SvgRoot {
  /** Where its tag begins. */
  offset: number;
  /** As the XML declaration names it. */
  encoding: string | undefined;
  /** The XML declaration, and where else its DOCTYPE says it is described. */
  declaration: Stretch | undefined;
  external: Stretch | undefined;
  /** The declarations of entities in its DOCTYPE, parameter entities included. */
  entities: Stretch[];
  /** Whether its DOCTYPE refers to parameter entities, which may declare what nobody sees. */
  hasParameters: boolean;
  /** Of the root element, as written: references to characters are not resolved, bytes above ASCII are not decoded. */
  attributes: ReadonlyMap<string, string>;
}

// XML 1.0, 2.3 to 2.8. Each pattern is sticky and reads a text once, so that all of a head takes time in its length, whatever is in it.
const BYTE_ORDER_MARK = /\xef\xbb\xbf/y;
const SPACE = /[ \t\r\n]+/y;
const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.\d+\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])([A-Za-z][\w.-]{0,39})\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\4)?[ \t\r\n]*\?>/y;
/** Bytes in which an XML declaration ends, unless it is padded with spaces. */
const LONGEST_DECLARATION = 1024;
const COMMENT = /<!--.*?-->/sy;
const INSTRUCTION = /<\?(?!xml[ \t\r\n?])[A-Za-z_:].*?\?>/sy;
const DOCTYPE =
  /(<!DOCTYPE[ \t\r\n]+(?:[A-Za-z_][\w.-]*:)?svg)([ \t\r\n]+(?:SYSTEM|PUBLIC[ \t\r\n]+(?:"[^"]*"|'[^']*'))[ \t\r\n]+(?:"[^"]*"|'[^']*'))?[ \t\r\n]*(\[|>)/y;
const MARKUP_DECLARATION = /<!(ELEMENT|ATTLIST|ENTITY|NOTATION)[ \t\r\n][^"'<>]*(?:(?:"[^"]*"|'[^']*')[^"'<>]*)*>/y;
const PARAMETER_REFERENCE = /%[^ \t\r\n;%<\]]+;/y;
const SUBSET_END = /\][ \t\r\n]*>/y;
/** Whatever prefix it has: programs that write XML choose their own. */
const ROOT_NAME = /<(?:[A-Za-z_][\w.-]*:)?svg(?=[ \t\r\n/>])/y;
const ATTRIBUTE = /[ \t\r\n]+([^ \t\r\n=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;

/** Moves on over what a pattern finds at the place that has been reached, and answers it. */
type Take = (pattern: RegExp) => RegExpExecArray | null;

/** The XML declaration that a text begins with. */
export function readXmlDeclaration(head: Buffer): { encoding: string | undefined } | undefined {
  const found = reader(head.toString('latin1', 0, LONGEST_DECLARATION))(DECLARATION);
  return found ? { encoding: found[3] } : undefined;
}

/**
 * The root of the SVG that a text begins with; undefined if its first element is none, or not within these bytes. Text is UTF-8 or what
 * has the letters of ASCII in the same place.
 */
export function readSvgRoot(head: Buffer): SvgRoot | undefined {
  const take = reader(head.toString('latin1'));
  take(BYTE_ORDER_MARK);
  const declared = take(DECLARATION);
  skipMiscellany(take);
  const doctype = take(DOCTYPE);
  const subset = doctype?.[3] === '[' ? readSubset(take) : { entities: [], hasParameters: false };
  if (!subset) return undefined;
  skipMiscellany(take);
  const found = take(ROOT_NAME);
  // `<!DOCTYPE html>` announces a page, even where a browser's parser would make one of the drawing behind it.
  if (!found) return undefined;
  const [, before = '', external] = doctype ?? [];
  return {
    offset: found.index,
    encoding: declared?.[3],
    declaration: declared ? stretchOf(declared) : undefined,
    external: doctype && external ? stretchAt(doctype.index + before.length, external.length) : undefined,
    ...subset,
    attributes: readAttributes(take),
  };
}

const stretchAt = (start: number, length: number): Stretch => ({ start, end: start + length });
const stretchOf = ({ index, 0: found }: RegExpExecArray): Stretch => stretchAt(index, found.length);

function reader(text: string): Take {
  let at = 0;
  return (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
}

function skipMiscellany(take: Take): void {
  while (take(SPACE) || take(COMMENT) || take(INSTRUCTION));
}

/** The internal subset of a DOCTYPE, to the end of both; undefined if it has none. */
function readSubset(take: Take): Pick<SvgRoot, 'entities' | 'hasParameters'> | undefined {
  const entities: Stretch[] = [];
  let hasParameters = false;
  for (;;) {
    skipMiscellany(take);
    if (take(SUBSET_END)) return { entities, hasParameters };
    const declaration = take(MARKUP_DECLARATION);
    if (declaration?.[1] === 'ENTITY') entities.push(stretchOf(declaration));
    if (declaration) continue;
    if (!take(PARAMETER_REFERENCE)) return undefined;
    hasParameters = true;
  }
}

function readAttributes(take: Take): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let found = take(ATTRIBUTE); found; found = take(ATTRIBUTE)) {
    attributes.set(found[1] ?? '', found[2] ?? found[3] ?? '');
  }
  return attributes;
}
