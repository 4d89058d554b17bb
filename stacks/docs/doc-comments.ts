import { readFileSync } from 'node:fs';
import { type Comment, parseSync } from 'oxc-parser';

// biome-ignore lint/suspicious/noExplicitAny: a node has the fields of its type, and each is looked at in one place.
type ParserNode = Record<string, any> & { type: string; start: number; end: number };

/** A setting as its interface declares it. */
export interface Declared {
  name: string;
  doc: string;
  /** Its type, as it is written. */
  type: string;
  /** Names of the interfaces in its type. */
  types: string[];
  /** Its own settings, where its type is written out in its place. */
  members: Declared[];
}

export interface DeclaredInterface {
  doc: string;
  members: Declared[];
}

const read = (path: string) => {
  const text = readFileSync(new URL(`../environments/${path}`, import.meta.url), 'utf8');
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return { text, program: program as unknown as { body: ParserNode[] }, comments };
};

/** Without stars, in one line. */
const plain = ({ value }: Comment): string =>
  value
    .replace(/^\s*\*+ ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The comments that stand before a position with nothing but space between. */
function commentsBefore(text: string, comments: readonly Comment[], position: number): Comment[] {
  const last = comments.findLast(({ end }) => end <= position && text.slice(end, position).trim() === '');
  return last ? [...commentsBefore(text, comments, last.start), last] : [];
}

/** The interfaces of settings.ts by name, with what their doc comments say. */
export function readInterfaces(): Record<string, DeclaredInterface> {
  const { text, program, comments } = read('settings.ts');
  const docBefore = (position: number) =>
    commentsBefore(text, comments, position)
      .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
      .map(plain)
      .join(' ');
  const membersOf = (nodes: readonly ParserNode[]): Declared[] =>
    nodes.map((node) => {
      const { start, end, members = [] } = node.typeAnnotation.typeAnnotation;
      const type = text.slice(start, end);
      const types = type.match(/\b[A-Z]\w+/g) ?? [];
      return { name: node.key.name, doc: docBefore(node.start), type, types, members: membersOf(members) };
    });
  const interfaces = program.body.filter(({ declaration }) => declaration?.type === 'TSInterfaceDeclaration');
  return Object.fromEntries(
    interfaces.map(({ start, declaration }) => [
      declaration.id.name,
      { doc: docBefore(start), members: membersOf(declaration.body.body) },
    ]),
  );
}

/** The comments of an environment's file: on the whole, and on the values that it chooses. */
export interface Reasons {
  summary: string;
  /** By the path of the setting, in the order of the file. */
  of: [path: string, reason: string][];
}

export function readReasons(file: string): Reasons {
  const { text, program, comments } = read(file);
  const reasonAt = (position: number) => commentsBefore(text, comments, position).map(plain).join(' ');
  const reasonsIn = (object: ParserNode, path: string[]): [string, string][] =>
    object.properties.flatMap((property: ParserNode): [string, string][] => {
      const own = [...path, property.key.name ?? property.key.value];
      const reason = reasonAt(property.start);
      const below = property.value.type === 'ObjectExpression' ? reasonsIn(property.value, own) : [];
      return [...(reason ? [[own.join('.'), reason] as [string, string]] : []), ...below];
    });
  const exported = program.body.findLast(({ declaration }) => declaration?.type === 'VariableDeclaration');
  if (!exported) throw new Error(`stacks/environments/${file} exports no settings`);
  return { summary: reasonAt(exported.start), of: reasonsIn(exported.declaration.declarations[0].init, []) };
}
