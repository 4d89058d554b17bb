/** What stands before the content of an SVG. */
export interface SvgRoot {
  /** Where its tag begins. */
  offset: number;
  /** As the XML declaration names it. */
  encoding: string | undefined;
  /** Whether its DOCTYPE declares entities, parameter entities included. */
  declaresEntities: boolean;
  /** Of the root element, as written: references to characters are not resolved, bytes above ASCII are not decoded. */
  attributes: ReadonlyMap<string, string>;
}

// XML 1.0, 2.3 to 2.8. Each pattern is sticky and reads a text once, so that all of a head takes time in its length, whatever is in it.
const BYTE_ORDER_MARK = /\xef\xbb\xbf/y;
const SPACE = /[ \t\r\n]+/y;
const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.\d+\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])([A-Za-z][\w.-]{0,39})\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\4)?[ \t\r\n]*\?>/y;
const COMMENT = /<!--.*?-->/sy;
const INSTRUCTION = /<\?(?!xml[ \t\r\n?])[A-Za-z_:].*?\?>/sy;
const DOCTYPE =
  /<!DOCTYPE[ \t\r\n]+((?:svg:)?svg)(?:[ \t\r\n]+(?:SYSTEM|PUBLIC[ \t\r\n]+(?:"[^"]*"|'[^']*'))[ \t\r\n]+(?:"[^"]*"|'[^']*'))?[ \t\r\n]*(\[|>)/y;
const MARKUP_DECLARATION = /<!(ELEMENT|ATTLIST|ENTITY|NOTATION)[ \t\r\n][^"'<>]*(?:(?:"[^"]*"|'[^']*')[^"'<>]*)*>/y;
const PARAMETER_REFERENCE = /%[^ \t\r\n;%<\]]+;/y;
const SUBSET_END = /\][ \t\r\n]*>/y;
/** The names by which libvips knows an SVG; another prefix it does not look for. */
const ROOT_NAME = /<((?:svg:)?svg)(?=[ \t\r\n/>])/y;
const ATTRIBUTE = /[ \t\r\n]+([^ \t\r\n=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;

/** Moves on over what a pattern finds at the place that has been reached, and answers it. */
type Take = (pattern: RegExp) => RegExpExecArray | null;

/**
 * The root of the SVG that a text begins with; undefined if its first element is none, or not within these bytes. Text is UTF-8 or what
 * has the letters of ASCII in the same place.
 */
export function readSvgRoot(head: Buffer): SvgRoot | undefined {
  const take = reader(head.toString('latin1'));
  take(BYTE_ORDER_MARK);
  const encoding = take(DECLARATION)?.[3];
  skipMiscellany(take);
  const doctype = take(DOCTYPE);
  const subset = doctype?.[2] === '[' ? readSubset(take) : { declaresEntities: false };
  if (!subset) return undefined;
  skipMiscellany(take);
  const found = take(ROOT_NAME);
  const name = found?.[1];
  // `<!DOCTYPE html>` announces a page, even where a browser's parser would make one of the drawing behind it.
  if (!found || (doctype && doctype[1] !== name)) return undefined;
  return { offset: found.index, encoding, ...subset, attributes: readAttributes(take) };
}

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
function readSubset(take: Take): Pick<SvgRoot, 'declaresEntities'> | undefined {
  let declaresEntities = false;
  for (;;) {
    skipMiscellany(take);
    if (take(SUBSET_END)) return { declaresEntities };
    const declaration = take(MARKUP_DECLARATION);
    if (declaration?.[1] === 'ENTITY') declaresEntities = true;
    if (!declaration && !take(PARAMETER_REFERENCE)) return undefined;
  }
}

function readAttributes(take: Take): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let found = take(ATTRIBUTE); found; found = take(ATTRIBUTE)) {
    attributes.set(found[1] ?? '', found[2] ?? found[3] ?? '');
  }
  return attributes;
}
