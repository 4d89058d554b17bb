import { expect } from 'chai';
import { parseSync, Visitor } from 'oxc-parser';
import { analyse } from 'scslre';
import { readSources, type SourceFile } from './source-files.ts';

interface Found {
  path: string;
  pattern: string;
  flags: string;
}

function expressionsOf({ path, text }: SourceFile): Found[] {
  const found: Found[] = [];
  const add = (pattern: string, flags: string) => found.push({ path, pattern, flags });
  new Visitor({
    Literal: (node) => {
      if ('regex' in node && node.regex) add(node.regex.pattern, node.regex.flags);
    },
    NewExpression: ({ callee }) => {
      if (callee.type === 'Identifier' && callee.name === 'RegExp') add('', '');
    },
  }).visit(parseSync(path, text).program);
  return found;
}

/** The files that make expressions from texts, which this test cannot analyse, and why those are harmless. */
const MADE_OF_TEXTS: Record<string, string> = {
  'shared/contracts/api/checksums.ts': 'made from lengths of checksums, without alternatives or open repetitions',
  'shared/contracts/api/json-schema.ts': 'made from patterns of schemas, which this test finds where they are written',
  'shared/contracts/api/rendition-request.ts':
    'made from known extensions, and anchored at both ends of a bounded name',
  'shared/contracts/listener-rules.ts':
    'made from the route table, with at most two wildcards, and for paths within the limit of headers',
};

const slowIn = ({ pattern, flags }: Pick<Found, 'pattern' | 'flags'>): boolean =>
  analyse(new RegExp(pattern, flags)).reports.length > 0;

describe('regular expressions', () => {
  const found = readSources('shared', 'containers').flatMap(expressionsOf);

  it('are found', () => {
    expect(found.length).to.be.above(50);
    expect(expressionsOf({ path: 'a.ts', text: 'const a = /\\0+$/; new RegExp(b)' })).to.have.lengthOf(2);
  });

  it('are recognised as slow or fast', () => {
    for (const pattern of ['\\0+$', '(a+)+b', 'a*a*b']) expect(slowIn({ pattern, flags: '' }), pattern).to.equal(true);
    for (const pattern of ['^\\0+$', '^[^"]*"', '\\d(in|cm)\\b'])
      expect(slowIn({ pattern, flags: '' }), pattern).to.equal(false);
  });

  it('are made from texts in few files, each with its reason', () => {
    const places = found.filter(({ pattern }) => pattern === '').map(({ path }) => path);
    expect([...new Set(places)].toSorted()).to.deep.equal(Object.keys(MADE_OF_TEXTS));
  });

  for (const { path, pattern, flags } of found) {
    if (pattern === '') continue;
    it(`take linear time for every text: /${pattern}/${flags} in ${path}`, () => {
      const { reports } = analyse(new RegExp(pattern, flags));
      const slow = reports.map(({ type, exponential }) => `${type}, ${exponential ? 'exponential' : 'polynomial'}`);
      expect(slow).to.deep.equal([]);
    });
  }
});
