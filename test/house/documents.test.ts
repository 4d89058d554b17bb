import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { ROOT, readSources } from './source-files.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PAGES = ['', 'docs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const { scripts, dependencies } = JSON.parse(read('package.json'));

/** As GitHub makes anchors of headings. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

const isThere = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path ? join(dirname(page), path) : page;
  return existsSync(join(ROOT, target)) && (!anchor || !target.endsWith('.md') || anchorsOf(target).includes(anchor));
};

const SOURCES = readSources('shared', 'containers', 'scripts', 'stacks', 'test');

/** The comments of a source file, one line each. */
const commentsOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => /^\s*\*.*|\/\*\*.*|(?<!:)\/\/ .*/.exec(line)?.[0] ?? []);

/** Paths of TypeScript files that a text names, also short ones such as `contracts/api/routes.ts`, and that no file of the project has. */
const missingIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w@./:*-])(?:[\w-]+\/)*[a-z][\w.-]*\.ts\b/g)]
    .map(([path]) => path)
    .filter((path) => !SOURCES.some((source) => `/${source.path}`.endsWith(`/${path}`)));

describe('comments', () => {
  it('name files of the project that exist', () => {
    const missing = SOURCES.flatMap(({ path, text }) =>
      missingIn(commentsOf(text).join('\n')).map((name) => `${path}: ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('are found, and short paths in them', () => {
    // The names are put together, because the comments of this file are checked too.
    const [file, other] = ['none', 'contracts/none'].map((name) => `${name}.ts`);
    const text = `const a = 'b/c.ts';\n/** See ${other}, and contracts/api/routes.ts. */\nlet d; // In ${file}.\n`;
    expect(missingIn(commentsOf(text).join('\n'))).to.deep.equal([other, file]);
  });
});

describe('documents', () => {
  for (const page of PAGES) {
    it(`${page} links to files and headings that exist`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
      expect(links.filter((link) => !isThere(page, link))).to.deep.equal([]);
    });

    it(`${page} names files and folders of the project that exist`, () => {
      const named = [
        ...read(page).matchAll(/(?<![\w/.])(?:containers|shared|scripts|stacks|test)\/[a-z0-9/.-]+[a-z/]/g),
      ];
      const files = named.map(([path]) => path).filter((path) => path.endsWith('/') || /\.\w+$/.test(path));
      expect(files.filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([]);
    });

    it(`${page} names TypeScript files that exist, by whole or short paths`, () => {
      expect(missingIn(read(page))).to.deep.equal([]);
    });

    it(`${page} names verbs of npm run that exist`, () => {
      const verbs = [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, verb = '']) => verb);
      expect(verbs.filter((verb) => !(verb in scripts))).to.deep.equal([]);
    });
  }

  it('give patterns to --grep that titles of tests have', () => {
    const titles = SOURCES.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:it|describe)\(\s*(['"`])(.+)\1/g)].map(([, , title = '']) => title),
    );
    const patterns = PAGES.flatMap((page) => [...read(page).matchAll(/--grep (?:'([^']+)'|([\w-]+))/g)]).map(
      ([, quoted, word = '']) => quoted ?? word,
    );
    expect(patterns).to.include('another account');
    expect(patterns.filter((pattern) => !titles.some((title) => title.includes(pattern)))).to.deep.equal([]);
  });

  it('are read: docs/infrastructure.md has verbs, links to headings and files', () => {
    const page = read('docs/infrastructure.md');
    for (const part of ['npm run synth', 'npm run teardown', '](#', 'stacks/']) expect(page).to.include(part);
  });

  it('README.md lists every verb', () => {
    const listed = [...read('README.md').matchAll(/`npm (?:run )?(?:-s )?([a-z][a-z:-]*)/g)].map(([, verb]) => verb);
    expect(listed).to.include.members(Object.keys(scripts));
  });

  it('.nvmrc names the Node that the project runs', () => {
    expect(read('.nvmrc').trim()).to.equal(/\d+/.exec(dependencies.node)?.[0]);
  });
});
