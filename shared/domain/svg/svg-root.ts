/** A range of a text. */
export interface Stretch {
  start: number;
  end: number;
}

/** The part of an SVG before its content. */
export interface SvgRoot {
  /** The offset of the root's tag. */
  offset: number;
  /** The encoding that the XML declaration names. */
  encoding: string | undefined;
  /** The XML declaration, and the external identifier in the DOCTYPE. */
  declaration: Stretch | undefined;
  external: Stretch | undefined;
  /** The declarations of entities in its DOCTYPE, parameter entities included. */
  entities: Stretch[];
  /** Whether its DOCTYPE refers to parameter entities, which may contain hidden declarations. */
  hasParameters: boolean;
  /** The attributes of the root element as written: character references are not resolved, bytes above ASCII are not decoded. */
  attributes: ReadonlyMap<string, string>;
}

// XML 1.0, 2.3 to 2.8. Each pattern is sticky and reads a text once, so that reading a head always takes linear time.
const BYTE_ORDER_MARK = /\xef\xbb\xbf/y;
const SPACE = /[ \t\r\n]+/y;
const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.\d+\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])([A-Za-z][\w.-]{0,39})\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\4)?[ \t\r\n]*\?>/y;
/** The longest XML declaration in bytes, unless it is padded with spaces. */
const LONGEST_DECLARATION = 1024;
const COMMENT = /<!--.*?-->/sy;
const INSTRUCTION = /<\?(?!xml[ \t\r\n?])[A-Za-z_:].*?\?>/sy;
const DOCTYPE =
  /(<!DOCTYPE[ \t\r\n]+(?:[A-Za-z_][\w.-]*:)?svg)([ \t\r\n]+(?:SYSTEM|PUBLIC[ \t\r\n]+(?:"[^"]*"|'[^']*'))[ \t\r\n]+(?:"[^"]*"|'[^']*'))?[ \t\r\n]*(\[|>)/y;
const MARKUP_DECLARATION = /<!(ELEMENT|ATTLIST|ENTITY|NOTATION)[ \t\r\n][^"'<>]*(?:(?:"[^"]*"|'[^']*')[^"'<>]*)*>/y;
const PARAMETER_REFERENCE = /%[^ \t\r\n;%<\]]+;/y;
const SUBSET_END = /\][ \t\r\n]*>/y;
/** The root's name with any prefix: programs that write XML choose their own. */
const ROOT_NAME = /<(?:[A-Za-z_][\w.-]*:)?svg(?=[ \t\r\n/>])/y;
const ATTRIBUTE = /[ \t\r\n]+([^ \t\r\n=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;

/** Matches a pattern at the current offset, moves behind the match, and returns it. */
type Take = (pattern: RegExp) => RegExpExecArray | null;

/** Reads the XML declaration at the beginning of a text. */
export function readXmlDeclaration(head: Buffer): { encoding: string | undefined } | undefined {
  const found = reader(head.toString('latin1', 0, LONGEST_DECLARATION))(DECLARATION);
  return found ? { encoding: found[3] } : undefined;
}

/**
 * Reads the root of an SVG; undefined if the first element is not `svg`, or not within these bytes. The text is in UTF-8 or another
 * encoding that contains ASCII.
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
  // `<!DOCTYPE html>` announces a page, even if a browser would show the drawing after it.
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

/** Reads the internal subset of a DOCTYPE to the end of both; undefined if it has no end. */
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
