/** The namespace of TIFF's properties (ISO 16684-2, 8.2), and the prefix that readers take for it where it is not declared. */
const NAMESPACE = 'ns.adobe.com/tiff';
const USUAL_PREFIX = 'tiff';

interface Attribute {
  name: string;
  value: string;
  /** The position of its value without quotes, and of the whole attribute with the spaces before it. */
  valueAt: number;
  start: number;
  end: number;
}

/** A tag, by where it stands; markup that is none, such as a comment, has no name. */
interface Tag {
  kind: 'start' | 'end' | 'empty' | 'other';
  name: string;
  nameEnd: number;
  attributes: Attribute[];
  start: number;
  end: number;
}

const NAME = /[^\s<>/=&"'!?]+/y;
const ATTRIBUTE = /[ \t\r\n]+([^\s<>/=&"']+)[ \t\r\n]*=[ \t\r\n]*("[^"<]*"|'[^'<]*')/y;
const TAG_END = /[ \t\r\n]*(\/?)>/y;

/** How markup that is skipped begins and ends (XML 1.0, 2.5 to 2.7). */
const UNREAD = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

/** The tag that begins here; undefined if there is no XML markup, or a document type, which could declare anything. */
function tagAt(text: string, start: number): Tag | undefined {
  for (const [begin, finish] of UNREAD) {
    if (!text.startsWith(begin, start)) continue;
    const found = text.indexOf(finish, start + begin.length);
    const end = found + finish.length;
    return found < 0 ? undefined : { kind: 'other', name: '', nameEnd: end, attributes: [], start, end };
  }
  const isEnd = text[start + 1] === '/';
  const nameAt = start + (isEnd ? 2 : 1);
  const name = matchAt(NAME, text, nameAt)?.[0];
  if (name === undefined) return undefined;
  const nameEnd = nameAt + name.length;
  const attributes: Attribute[] = [];
  let at = nameEnd;
  for (let found = matchAt(ATTRIBUTE, text, at); found; found = matchAt(ATTRIBUTE, text, at)) {
    const [whole, attribute = '', quoted = ''] = found;
    const end = at + whole.length;
    const value = quoted.slice(1, -1);
    attributes.push({ name: attribute, value, valueAt: end - quoted.length + 1, start: at, end });
    at = end;
  }
  const last = matchAt(TAG_END, text, at);
  if (!last) return undefined;
  const kind = isEnd ? 'end' : last[1] ? 'empty' : 'start';
  return { kind, name, nameEnd, attributes, start, end: at + last[0].length };
}

/** All tags; undefined where the text is not XML. */
function tagsIn(text: string): Tag[] | undefined {
  const tags: Tag[] = [];
  for (let at = text.indexOf('<'); at >= 0; ) {
    const tag = tagAt(text, at);
    if (!tag) return undefined;
    tags.push(tag);
    at = text.indexOf('<', tag.end);
  }
  return tags;
}

const isNamespace = ({ name }: Attribute): boolean => name === 'xmlns' || name.startsWith('xmlns:');

/** Names that an orientation has by the prefixes of its namespace. A reference may stand for a letter of that, and is not resolved. */
function orientationNames(tags: Tag[]): Set<string> {
  const declared = tags
    .flatMap(({ attributes }) => attributes)
    .filter((each) => isNamespace(each) && (each.value.toLowerCase().includes(NAMESPACE) || each.value.includes('&')))
    .map(({ name }) => (name === 'xmlns' ? '' : name.slice('xmlns:'.length)));
  return new Set([USUAL_PREFIX, ...declared].map((prefix) => (prefix ? `${prefix}:Orientation` : 'Orientation')));
}

/** The position after the element that begins with a tag; undefined if the element has no end. */
function endOf(tags: Tag[], from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < tags.length; at += 1) {
    const kind = tags[at]?.kind;
    if (kind === 'start') depth += 1;
    if (kind === 'end') depth -= 1;
    if (depth === 0) return tags[at]?.name === tags[from]?.name ? at : undefined;
  }
  return undefined;
}

/** A range of a text and its replacement. */
interface Change {
  start: number;
  end: number;
  text: string;
}

/** In the tag of an orientation nothing is left but namespaces: RDF has other ways to write a value there. */
const bareTag = (text: string, { nameEnd, start, attributes, kind }: Tag): string =>
  `${text.slice(start, nameEnd)}${attributes
    .filter(isNamespace)
    .map((each) => text.slice(each.start, each.end))
    .join('')}${kind === 'empty' ? '/' : ''}>`;

function changesOf(text: string, tags: Tag[]): Change[] | undefined {
  const names = orientationNames(tags);
  const changes: Change[] = [];
  for (let at = 0; at < tags.length; at += 1) {
    const tag = tags[at] as Tag;
    if (tag.kind === 'end') continue;
    if (!names.has(tag.name)) {
      const orientations = tag.attributes.filter(({ name }) => names.has(name));
      changes.push(
        ...orientations.map(({ valueAt, value }) => ({ start: valueAt, end: valueAt + value.length, text: '1' })),
      );
      continue;
    }
    const last = tag.kind === 'empty' ? at : endOf(tags, at);
    if (last === undefined) return undefined;
    const end = last === at ? tag.end : (tags[last] as Tag).start;
    changes.push({ start: tag.start, end, text: `${bareTag(text, tag)}${last === at ? '' : '1'}` });
    at = last;
  }
  return changes;
}

/** XMP whose orientation is set to upright, with all else as it was; undefined if it is no XML, in which an orientation might be found all the same. */
export function uprightXmp(text: string): string | undefined {
  if (!text.includes('Orientation')) return text;
  const tags = tagsIn(text);
  const changes = tags && changesOf(text, tags);
  if (!changes) return undefined;
  let [upright, at] = ['', 0];
  for (const { start, end, text: instead } of changes) {
    upright += text.slice(at, start) + instead;
    at = end;
  }
  return upright + text.slice(at);
}
