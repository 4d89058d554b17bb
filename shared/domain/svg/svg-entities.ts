import { ImageServiceError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { decodeSvg } from './svg-encoding.ts';
import { readSvgRoot, type Stretch, type SvgRoot } from './svg-root.ts';

/** The declaration of a flat entity: its value is text without markup and references (XML 1.0, 4.2). */
const FLAT = /^<!ENTITY[ \t\r\n]+([A-Za-z_][\w.-]*)[ \t\r\n]+(?:"([^"<&%]*)"|'([^'<&%]*)')[ \t\r\n]*>$/;
/** The beginnings of references, and of the places without references: comments, CDATA and instructions, whose ends are in ENDS. */
const BEGINNINGS = /<!--|<!\[CDATA\[|<\?|&/g;
const ENDS: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>', '<?': '?>' };
const REFERENCE = /&([^#;&<>"'\s][^;&<>"'\s]*);/y;
const PREDEFINED = new Set(['lt', 'gt', 'amp', 'quot', 'apos']);
const MARKUP = /[>"']/g;
const WRITTEN: Readonly<Record<string, string>> = { '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** A marker by which libvips recognises an SVG. Without it libvips would miss a root with a prefix, or after a long DOCTYPE. */
const KNOWN_BY = '<!--<svg-->';

const refused = (what: string, facts = {}): ImageServiceError =>
  new ImageServiceError('image_unreadable', `The SVG ${what}`, facts);

/**
 * A drawing in the form in which the service reads and draws it, so that what is counted is what is drawn: in UTF-8, with its entities
 * resolved and no longer declared. The first bytes of a drawing may be given instead of all. Throws `image_unreadable` if its encoding
 * is unknown, or if its entities are not flat, not declared, or more than LIMITS.
 */
export function plainSvg(bytes: Buffer): Buffer {
  const { text, unknown } = decodeSvg(bytes);
  if (unknown !== undefined) throw refused(`is written in ${unknown}. Save it as UTF-8.`);
  const root = readSvgRoot(text);
  if (!root) return text;
  const svg = text.toString('latin1');
  const entities = readEntities(svg, root);
  const { declaration, external } = root;
  const head = without(svg.slice(0, root.offset), [declaration, external, ...root.entities]);
  return Buffer.from(`${KNOWN_BY}${head}${resolveEntities(svg.slice(root.offset), entities)}`, 'latin1');
}

/** Removes stretches, given in their order, from a text. */
function without(text: string, stretches: readonly (Stretch | undefined)[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const stretch of stretches) {
    if (!stretch) continue;
    parts.push(text.slice(at, stretch.start));
    at = stretch.end;
  }
  return [...parts, text.slice(at)].join('');
}

/** The value of each entity, escaped so that it is text wherever it is inserted. */
function readEntities(svg: string, root: Pick<SvgRoot, 'entities' | 'hasParameters'>): ReadonlyMap<string, string> {
  const entities = new Map<string, string>();
  const limit = LIMITS.svgEntities;
  const actual = root.entities.length;
  if (actual > limit)
    throw refused(`declares ${actual} entities in its DOCTYPE; the limit is ${limit}.`, { limit, actual });
  if (actual > 0 && root.hasParameters) throw refused(NOT_FLAT);
  for (const { start, end } of root.entities) {
    const [, name, double, single] = FLAT.exec(svg.slice(start, end)) ?? [];
    const value = double ?? single ?? '';
    if (name === undefined || PREDEFINED.has(name)) throw refused(NOT_FLAT);
    if (value.length > LIMITS.svgEntityBytes) {
      const facts = { limit: LIMITS.svgEntityBytes, actual: value.length, unit: 'bytes' as const };
      throw refused(`has an entity of ${facts.actual} bytes; the limit is ${facts.limit}.`, facts);
    }
    // The first declaration counts.
    if (!entities.has(name))
      entities.set(
        name,
        value.replace(MARKUP, (character) => WRITTEN[character] ?? ''),
      );
  }
  return entities;
}

const NOT_FLAT =
  'declares entities in its DOCTYPE that are not plain texts in quotes: they are in files, refer to others or contain markup. Save it as plain SVG, without them.';

/** Replaces references to entities by their values. */
export function resolveEntities(content: string, entities: ReadonlyMap<string, string>): string {
  const parts: string[] = [];
  let room: number = LIMITS.svgBytes;
  const add = (part: string) => {
    room -= part.length;
    if (room < 0) throw refused(`has more than ${LIMITS.svgBytes} bytes in UTF-8, with its entities resolved.`);
    parts.push(part);
  };
  let from = 0;
  BEGINNINGS.lastIndex = 0;
  for (let found = BEGINNINGS.exec(content); found; found = BEGINNINGS.exec(content)) {
    const ending = ENDS[found[0]];
    if (ending) {
      const end = content.indexOf(ending, BEGINNINGS.lastIndex);
      if (end < 0) break;
      BEGINNINGS.lastIndex = end + ending.length;
      continue;
    }
    REFERENCE.lastIndex = found.index;
    const name = REFERENCE.exec(content)?.[1];
    if (name === undefined || PREDEFINED.has(name)) continue;
    const value = entities.get(name);
    if (value === undefined) throw refused(`refers to an entity ${name.slice(0, 40)} that it does not declare.`);
    add(content.slice(from, found.index));
    add(value);
    from = REFERENCE.lastIndex;
    BEGINNINGS.lastIndex = from;
  }
  add(content.slice(from));
  return parts.join('');
}
