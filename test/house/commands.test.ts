import { expect } from 'chai';
import { parseSync, Visitor } from 'oxc-parser';
import { COMMANDS } from '../../shared/contracts/api/command-schemas.ts';
import { readSources, type SourceFile } from './source-files.ts';

/** The traits of commands, their schemas, and their execution in the worker. */
const HOMES = [
  'containers/worker/pipeline/commands/execute.ts',
  'shared/contracts/api/command-schemas.ts',
  'shared/domain/commands.ts',
];

const textOf = (node: object | null | undefined): string => {
  const { name, value } = (node ?? {}) as { name?: unknown; value?: unknown };
  return String(name ?? value);
};

/** Whether a file has an object, a type, a list or a switch with the names of several operations. */
function hasTable({ path, text }: SourceFile): boolean {
  let found = false;
  const look = (names: string[]) => {
    found ||= new Set(names.filter((name) => Object.hasOwn(COMMANDS, name))).size > 1;
  };
  const keysOf = (members: readonly object[]) =>
    look(members.map((member) => textOf('key' in member ? (member.key as object) : undefined)));
  new Visitor({
    ObjectExpression: ({ properties }) => keysOf(properties),
    TSInterfaceBody: ({ body }) => keysOf(body),
    TSTypeLiteral: ({ members }) => keysOf(members),
    ArrayExpression: ({ elements }) => look(elements.map(textOf)),
    SwitchStatement: ({ cases }) => look(cases.map(({ test }) => textOf(test))),
  }).visit(parseSync(path, text).program);
  return found;
}

describe('a command', () => {
  it('is added in three files, because no other has a table of operations', () => {
    const paths = readSources('shared', 'containers')
      .filter(hasTable)
      .map(({ path }) => path);
    expect(paths.sort()).to.deep.equal(HOMES);
  });

  for (const text of [
    "const FILTERS = new Set(['blur', 'sharpen']);",
    'const order = { blur: 1, sharpen: 2 };',
    "const order = { 'blur': 1, sharpen() {} };",
    'interface Orders { blur: number; sharpen: number }',
    'type Orders = { blur?: number; sharpen: number };',
    "switch (operation) { case 'blur': case 'sharpen': break; }",
  ])
    it(`is found in ${text}`, () => {
      expect(hasTable({ path: 'a.ts', text })).to.equal(true);
      expect(hasTable({ path: 'a.ts', text: text.replace('sharpen', 'sharpness') })).to.equal(false);
    });
});
