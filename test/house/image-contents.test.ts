import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect } from 'chai';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { parseSource, ROOT, targetOf } from './source-files.ts';

const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

/** Whether .dockerignore lets a file through. Its last pattern that matches counts, as for Docker, and it uses three forms of patterns. */
function passesIgnored(path: string, patterns: readonly string[]): boolean {
  let passes = true;
  for (const pattern of patterns) {
    const [, not, any, place = ''] = /^(!?)(\*\*\/)?([\w.-]+|\*)$/.exec(pattern) ?? [];
    if (not === undefined) throw new Error(`image-contents.test.ts does not know patterns like ${pattern}.`);
    const matches = place === '*' || (any ? path.split('/').includes(place) : isIn(path, place));
    if (matches) passes = not === '!';
  }
  return passes;
}

const PATTERNS = read('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  .toString()
  .split('\n')
  .filter((path) => path !== '');

/** The files of the project that are in the image of a service. */
function copied(service: ServiceName): string[] {
  const file = read(`containers/${service}/Dockerfile`);
  const image = file.slice(file.lastIndexOf('\nFROM '));
  const sources = [...image.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, places = '']) => places.split(' '));
  return tracked.filter((path) => passesIgnored(path, PATTERNS) && sources.some((source) => isIn(path, source)));
}

/** The files that a string in a file may name from there, as in `new URL('page.html', import.meta.url)`: one file, or a folder before a name. */
function namedBy(value: string, path: string): string[] {
  if (!/^(?=.*\w)[\w./-]+$/.test(value)) return [];
  const place = posix.join(posix.dirname(path), value);
  return tracked.filter((each) => each === place || (value.endsWith('/') && each.startsWith(place)));
}

/** All files that a program reaches: by imports, and by the paths of files that it reads or starts. */
function reached(entries: string[]): Set<string> {
  const found = new Set<string>();
  const left = [...entries];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (found.has(path) || !tracked.includes(path)) continue;
    found.add(path);
    if (!path.endsWith('.ts')) continue;
    const { imports, literals } = parseSource({ path, text: read(path) });
    for (const { specifier } of imports) left.push(targetOf(path, specifier));
    for (const { value } of literals) left.push(...namedBy(String(value), path));
  }
  return found;
}

/** What Node and Docker start, and the manifests by which Node knows the modules. */
const entriesOf = (service: ServiceName): string[] => [
  `containers/${service}/main.ts`,
  'shared/runtime/health-check.ts',
  'package.json',
  'shared/package.json',
  `containers/${service}/package.json`,
];

describe('an image', () => {
  for (const service of SERVICE_NAMES) {
    it(`of ${service} has every file that the service reaches`, () => {
      const there = copied(service);
      expect([...reached(entriesOf(service))].filter((path) => !there.includes(path))).to.deep.equal([]);
    });

    it(`of ${service} has no other file of the services`, () => {
      const own = reached(entriesOf(service));
      const needless = copied(service).filter((path) => !own.has(path) && !isIn(path, 'shared'));
      expect(needless).to.deep.equal([]);
    });

    // A list of the files that each service imports would be one more fact for the quarter of a megabyte that shared/ compresses to.
    it(`of ${service} has all of shared/, which is source code and nothing else`, () => {
      const there = copied(service).filter((path) => isIn(path, 'shared'));
      expect(there).to.deep.equal(tracked.filter((path) => isIn(path, 'shared')));
      expect(there.filter((path) => !/\.ts$/.test(path))).to.deep.equal(['shared/package.json']);
    });

    it(`of ${service} has no test, document, stack, script, other service, secret or Dockerfile`, () => {
      const foreign = /^(test|docs|stacks|scripts|\.\w)|Dockerfile|\.env|\.md$/;
      const others = SERVICE_NAMES.filter((other) => other !== service);
      const wrong = copied(service).filter(
        (path) => foreign.test(path) || others.some((other) => isIn(path, `containers/${other}`)),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  it('is made of what .dockerignore lets through, of which a new folder is nothing', () => {
    const places = new Set(tracked.filter((path) => passesIgnored(path, PATTERNS)).map((path) => path.split('/')[0]));
    expect([...places].sort()).to.deep.equal(['containers', 'package-lock.json', 'package.json', 'shared']);
    expect(passesIgnored('.env', PATTERNS)).to.equal(false);
    expect(passesIgnored('shared/node_modules/a/index.js', PATTERNS)).to.equal(false);
  });
});
