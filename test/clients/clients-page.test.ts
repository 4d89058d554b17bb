import { expect } from 'chai';
import { explanationTable, GENERATOR_HEADS, readPage } from './clients-page.ts';
import { GENERATORS } from './generators.ts';

describe('docs/clients.md', () => {
  it('has a row for each generator, and no other rows', () => {
    const [, table = ''] = readPage().split(`${GENERATOR_HEADS}\n`);
    const rows = table.split('\n\n')[0]?.split('\n').slice(1) ?? [];
    const names = rows.map((row) => row.match(/^\| `([\w-]+)` \|/)?.[1]);
    expect(names).to.deep.equal(Object.keys(GENERATORS));
    for (const [name, { note = '' }] of Object.entries(GENERATORS)) {
      expect(rows.find((row) => row.startsWith(`| \`${name}\` |`))).to.include(note);
    }
  });

  it('has the reason for every accepted finding of Schemathesis', () => {
    expect(readPage()).to.include(`\n\n${explanationTable()}\n`);
  });
});
