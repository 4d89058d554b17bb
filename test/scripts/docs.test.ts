import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { fill } from '../../scripts/docs/markdown.ts';
import { WIDTH } from '../../scripts/docs/pictures.ts';
import { PROBLEM_STATUS } from '../../shared/contracts/api/problem.ts';
import { SUBSAMPLED_FROM } from '../../shared/domain/format-costs.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { OUTPUT_OPTIONS } from '../../shared/domain/output-options.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/docs.ts', import.meta.url));
const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
const figure = (value: number): string => value.toLocaleString('en-US');

describe('npm run docs', () => {
  it('has been run since a table changed: text and pictures are up to date', async () => {
    const { stdout, stderr } = await run(process.execPath, [script, '--check']);
    expect(stdout + stderr).to.not.match(/npm run docs/);
  });
});

describe('the handwritten part of docs/commands.md', () => {
  it('states the current limits', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \| \S/gm)].map(([, name = '', told]) => [name, told]);
    expect(rows).to.have.length.above(30);
    const limits: Record<string, number> = LIMITS;
    expect(rows).to.deep.equal(rows.map(([name = '']) => [name, figure(limits[name] ?? Number.NaN)]));
  });

  it('describes each option of an output, and has a column for it', () => {
    const options = new Set(Object.values(OUTPUT_OPTIONS).flatMap(Object.keys));
    const header = page.split('\n').find((line) => line.startsWith('| format | ')) ?? '';
    for (const option of options) {
      expect(page).to.include(`\n- \`${option}\`: `);
      expect(header).to.include(` \`${option}\` |`);
    }
  });

  for (const sentence of [
    `A list has up to ${LIMITS.commandsPerRendition} commands`,
    `images are ${WIDTH} pixels wide`,
    `AVIF of more than ${figure(SUBSAMPLED_FROM)} pixels`,
    `refused at once, with ${PROBLEM_STATUS.invalid_request} and`,
  ]) {
    it(`says: ${sentence}`, () => expect(page).to.include(sentence));
  }
});

describe('fill', () => {
  const place = (name: string) => `<!-- ${name}: written by npm run docs -->\nold\n<!-- end of ${name} -->`;

  it('replaces the text between the marks and nothing else', () => {
    expect(fill(`before ${place('one')} after`, { one: 'new' })).to.match(/^before .*-->\n\nnew\n\n<!--.* after$/s);
  });

  it('refuses a page without a place for a section, and a place without a section', () => {
    expect(() => fill('', { one: 'new' })).to.throw('has no place for one');
    expect(() => fill(place('two'), {})).to.throw('two, which nobody writes');
  });
});
