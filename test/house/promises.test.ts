import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { ROOT } from './source-files.ts';

const page = readFileSync(`${ROOT}docs/security.md`, 'utf8');

/** Files that a test command runs. Contracts are run by the tests that import them. */
const IS_TEST = /\.(test|contract|deep|clients)\.ts$|^test\/infra\/suites\//;

interface Reference {
  path: string;
  /** Words of titles, as they stand in the file. */
  titles: string[];
}

/** The promises of the first table, each with the tests that it names. */
function promises(): { promise: string; tests: Reference[] }[] {
  const [, table = ''] = page.split('\n| promise | tested by |\n');
  const rows = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (.+?) \| (.+) \|$/gm)];
  return rows
    .filter(([, promise = '']) => !/^-+\|?/.test(promise))
    .map(([, promise = '', by = '']) => ({ promise, tests: referencesIn(by) }));
}

const referencesIn = (cell: string): Reference[] =>
  cell
    .split(/(?=`test\/)/)
    .flatMap((part) => [...part.matchAll(/^`(test\/[^`]+)`(.*)$/g)])
    .map(([, path = '', rest = '']) => ({
      path,
      titles: [...rest.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
    }));

const filesOf = (path: string): string[] =>
  statSync(`${ROOT}${path}`).isDirectory()
    ? readdirSync(`${ROOT}${path}`, { recursive: true, encoding: 'utf8' }).map((name) => `${path}/${name}`)
    : [path];

describe('The promises of docs/security.md', () => {
  it('name each a test', () => {
    const all = promises();
    expect(all).to.have.length.above(20);
    expect(all.filter(({ tests }) => tests.length === 0).map(({ promise }) => promise)).to.deep.equal([]);
  });

  it('name tests that there are, and that a command runs', () => {
    const named = promises().flatMap(({ tests }) => tests);
    const missing = named.filter(
      ({ path }) => !existsSync(`${ROOT}${path}`) || !filesOf(path).some((file) => IS_TEST.test(file)),
    );
    expect(missing).to.deep.equal([]);
  });

  it('name titles that these tests have', () => {
    const named = promises().flatMap(({ tests }) => tests);
    const titles = named.flatMap(({ path, titles: all }) => all.map((title) => ({ path, title })));
    expect(titles).to.not.be.empty;
    const wrong = titles.filter(({ path, title }) => !readFileSync(`${ROOT}${path}`, 'utf8').includes(`'${title}'`));
    expect(wrong).to.deep.equal([]);
  });
});
