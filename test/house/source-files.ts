import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A source file; its path is relative to the root, with slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

export interface Import {
  /** As written. */
  specifier: string;
  typeOnly: boolean;
}

/** A string or a number in the source, with the name of the property whose value it is. */
export interface Literal {
  value: string | number;
  property?: string;
}

export interface Source {
  imports: Import[];
  /** Strings, the fixed parts of templates, and numbers; not the specifiers of imports. */
  literals: Literal[];
  /** Keys of object literals and types, except computed ones. */
  propertyKeys: string[];
  /** Pairs from `object.property` and `{ property } = object`; the object is '' if it has no name. */
  members: { object: string; property: string }[];
}

/** Programs that use generated clients and are checked together with them. */
const CLIENT_PROGRAMS = 'test/clients/programs/';

/** All TypeScript files below the given folders; missing folders are skipped. */
export function readSources(...folders: string[]): SourceFile[] {
  const patterns = folders.filter((folder) => existsSync(`${ROOT}${folder}`)).map((folder) => `${folder}/**/*.ts`);
  return globSync(patterns, { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules') && !path.startsWith(CLIENT_PROGRAMS))
    .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }));
}

/** The target of an import: a path from the root for the project's own files, a package's name, or `node:…`. */
export function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const [scope = '', name = '', ...rest] = specifier.split('/');
  if (scope === '@image-service') return posix.join(name === 'shared' ? name : `containers/${name}`, ...rest);
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

interface Node {
  type: string;
  [field: string]: unknown;
}

const nameOf = (node: Node | undefined): string | undefined =>
  node?.type === 'Identifier' ? (node.name as string) : node?.type === 'Literal' ? String(node.value) : undefined;

/** Reads a file by its syntax tree, so that comments and strings that look like code do not count. */
export function parseSource({ path, text }: SourceFile): Source {
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const source: Source = { imports: [], literals: [], propertyKeys: [], members: [] };
  const specifiers = new Set<unknown>();
  const properties = new Map<unknown, string>();
  const addImport = (node: Node | null | undefined, typeOnly = false) => {
    if (!node) return;
    specifiers.add(node);
    if (node.type === 'Literal') source.imports.push({ specifier: String(node.value), typeOnly });
    else source.imports.push({ specifier: `(${node.type})`, typeOnly });
  };
  const key = (node: Node) => {
    const name = node.computed ? undefined : nameOf(node.key as Node);
    if (name === undefined) return;
    specifiers.add(node.key);
    if (node.shorthand) source.members.push({ object: '', property: name });
    else source.propertyKeys.push(name);
    if (node.value) properties.set(node.value, name);
  };
  new Visitor({
    ImportDeclaration: (node) => {
      const bound = module.staticImports.find(({ start }) => start === node.start)?.entries ?? [];
      const typeOnly = bound.length > 0 && bound.every(({ isType }) => isType);
      addImport(node.source as unknown as Node, typeOnly);
    },
    ExportAllDeclaration: (node) => addImport(node.source as unknown as Node, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => addImport(node.source as unknown as Node | null, node.exportKind === 'type'),
    ImportExpression: (node) => addImport(node.source as unknown as Node),
    TSImportType: (node) => addImport(node.source as unknown as Node, true),
    TSExternalModuleReference: (node) => addImport(node.expression as unknown as Node),
    TSModuleDeclaration: (node) => void specifiers.add(node.id),
    // `createRequire(…).resolve('package/file')` and `import.meta.resolve('…')` use a package like an import.
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type !== 'MemberExpression' || nameOf(callee.property as unknown as Node) !== 'resolve') return;
      const { type } = callee.object;
      const requires = type === 'CallExpression' && nameOf(callee.object.callee as unknown as Node) === 'createRequire';
      if (requires || type === 'MetaProperty') addImport(first as unknown as Node);
    },
    Property: (node) => key(node as unknown as Node),
    TSPropertySignature: (node) => key(node as unknown as Node),
    MemberExpression: (node) => {
      const { object, property } = node as unknown as { object: Node; property: Node };
      const owner = object.type === 'MemberExpression' ? nameOf(object.property as Node) : nameOf(object);
      const name = node.computed && property.type !== 'Literal' ? undefined : nameOf(property);
      if (owner !== undefined && name !== undefined) source.members.push({ object: owner, property: name });
    },
    VariableDeclarator: ({ id, init }) => {
      const object = nameOf(init as unknown as Node);
      if (object === undefined || id.type !== 'ObjectPattern') return;
      for (const property of id.properties) {
        const name = property.type === 'Property' ? nameOf(property.key as unknown as Node) : undefined;
        if (name !== undefined) source.members.push({ object, property: name });
      }
    },
    Literal: (node) => {
      const { value } = node;
      if (specifiers.has(node) || (typeof value !== 'string' && typeof value !== 'number')) return;
      const property = properties.get(node);
      source.literals.push({ value, ...(property !== undefined && { property }) });
    },
    TemplateElement: (node) => void source.literals.push({ value: node.value.cooked ?? node.value.raw }),
  }).visit(program);
  return source;
}
