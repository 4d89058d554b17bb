import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { sectionsOf, UNRELEASED } from '../../scripts/release/changelog.ts';
import { compareVersions, isVersion } from '../../scripts/release/version.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Of Keep a Changelog 1.1.0, in its order. */
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

interface Manifest {
  version: string;
  workspaces: string[];
}

/** What is wrong with the form of a CHANGELOG, given the version of package.json. */
function mistakesIn(changelog: string, present: string): string[] {
  const [first, ...released] = sectionsOf(changelog);
  const versions = released.map(({ name }) => name);
  const mistakes = [
    ...(first?.name === UNRELEASED && !first.date ? [] : ['the first section is not Unreleased']),
    ...versions.filter((name) => !isVersion(name)).map((name) => `${name} is no version`),
    ...versions
      .slice(1)
      .filter((name, at) => compareVersions(name, String(versions[at])) >= 0)
      .map((name) => `${name} is not in order`),
    ...(versions[0] && compareVersions(versions[0], present) > 0 ? [`${versions[0]} is newer than ${present}`] : []),
  ];
  for (const { name, date, text } of released) {
    const isDay = date !== undefined && new Date(date).toJSON()?.slice(0, 10) === date;
    if (!isDay) mistakes.push(`${name} has no date`);
    if (text === '') mistakes.push(`${name} is empty`);
  }
  for (const { name, text } of sectionsOf(changelog)) {
    const kinds = text.split(/^(?=### )/m).filter(Boolean);
    const names = kinds.map((kind) => /^### (\w+)\n\n- \S/.exec(kind)?.[1] ?? kind.split('\n')[0]);
    const known = KINDS.filter((kind) => names.includes(kind));
    if (names.join() !== known.join()) mistakes.push(`${name} has ${names.join(', ')}`);
  }
  return mistakes;
}

describe('CHANGELOG.md', () => {
  const root: Manifest = JSON.parse(read('package.json'));

  it('has the form of Keep a Changelog, and no version newer than package.json', () => {
    expect(mistakesIn(read('CHANGELOG.md'), root.version)).to.deep.equal([]);
  });

  const good =
    '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- A.\n\n### Fixed\n\n- B.\n\n## [0.1.0] - 2026-11-30\n\n### Added\n\n- C.\n';
  const wrong: Record<string, [from: string, to: string, says: RegExp]> = {
    'a version without a date': ['[0.1.0] - 2026-11-30', '[0.1.0]', /^0\.1\.0 has no date$/],
    'a day that is none': ['2026-11-30', '2026-11-31', /^0\.1\.0 has no date$/],
    'a version newer than package.json': ['0.2.0', '0.3.0', /^0\.3\.0 is newer than 0\.2\.0$/],
    'versions out of order': ['0.1.0', '0.2.0', /^0\.2\.0 is not in order$/],
    'a name that is no version': ['0.1.0', 'v0.1', /^v0\.1 is no version$/],
    'no Unreleased': ['## [Unreleased]\n\n', '', /^the first section/],
    'a kind of its own': ['### Fixed', '### Improved', /^0\.2\.0 has Added, Improved$/],
    'kinds out of order': ['### Added', '### Security', /^0\.2\.0 has Security, Fixed$/],
    'a kind without a line': ['- B.', 'B.', /^0\.2\.0 has /],
  };
  it('may have a version that is that of package.json', () => {
    expect(mistakesIn(good, '0.2.0')).to.deep.equal([]);
  });
  for (const [name, [from, to, says]] of Object.entries(wrong)) {
    it(`may not have ${name}`, () => {
      const mistakes = mistakesIn(good.replace(from, to), '0.2.0');
      expect(
        mistakes.some((each) => says.test(each)),
        mistakes.join(),
      ).to.equal(true);
    });
  }
});

describe('the version', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    version: string;
    packages: Record<string, { version?: string; link?: boolean }>;
  };
  const { version }: Manifest = JSON.parse(read('package.json'));
  const own = Object.keys(lock.packages).filter((path) => path !== '' && !path.includes('node_modules'));

  it('is the same in every package.json', () => {
    expect(own).to.include.members(['shared', 'containers/worker']);
    const versions = own.map((path) => [path, JSON.parse(read(`${path}/package.json`)).version]);
    expect(versions).to.deep.equal(own.map((path) => [path, version]));
  });

  it('is the same in the lockfile', () => {
    expect([lock.version, ...['', ...own].map((path) => lock.packages[path]?.version)]).to.deep.equal(
      ['lock', '', ...own].map(() => version),
    );
  });
});
