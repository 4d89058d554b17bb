import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/release.ts', import.meta.url));

/** Of nobody's own settings, so that a signature or a hook that somebody has set up is not asked for. */
const SOMEBODY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

const LINES = '### Added\n\n- A first line,\n  and its end.\n\n### Fixed\n\n- A second one.';
const changelog = (unreleased: string, rest = '') =>
  `# Changelog\n\nWhat changes.\n\n## [Unreleased]\n\n${unreleased}\n${rest}`;
const RELEASED = '\n## [1.2.3] - 2026-01-31\n\n### Changed\n\n- Everything.\n';

const today = () => new Date().toISOString().slice(0, 10);

/** With a real repository, real workspaces and npm itself. */
describe('npm run release', () => {
  let folder: TemporaryFolder;

  const run = (program: string, ...args: string[]) =>
    spawnSync(program, args, { cwd: folder.path, encoding: 'utf8', env: { ...process.env, ...SOMEBODY } });
  const git = (...args: string[]): string => {
    const { status, stdout, stderr } = run('git', ...args);
    expect(status, `git ${args.join(' ')}: ${stderr}`).to.equal(0);
    return stdout.trim();
  };
  const release = (...args: string[]) => run(process.execPath, SCRIPT, ...args);
  const read = (name: string) => readFile(join(folder.path, name), 'utf8');
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  const versionIn = async (name: string) => JSON.parse(await read(name)).version;

  /** Everything that a release may change. */
  const state = async () => ({
    head: git('rev-parse', 'HEAD'),
    tags: git('tag'),
    changed: git('status', '--porcelain'),
    log: await read('CHANGELOG.md'),
  });

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    const own = { version: '1.2.3', private: true };
    await mkdir(join(folder.path, 'part'));
    await write('package.json', JSON.stringify({ name: 'whole', ...own, workspaces: ['part'] }, undefined, 2));
    await write('part/package.json', JSON.stringify({ name: 'part', ...own }, undefined, 2));
    await write('CHANGELOG.md', changelog(LINES, RELEASED));
    expect(run('npm', 'install', '--package-lock-only', '--offline').status).to.equal(0);
    git('init', '--quiet', '--initial-branch', 'main');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Begin');
  });
  afterEach(() => folder.remove());

  for (const [asked, version] of [
    ['patch', '1.2.4'],
    ['minor', '1.3.0'],
    ['major', '2.0.0'],
    ['1.10.0', '1.10.0'],
  ] as const) {
    it(`makes ${version} of 1.2.3 by ${asked}, in one commit with a tag`, async () => {
      const lockfile = await read('package-lock.json');
      const { status, stdout, stderr } = release(asked);
      expect(stderr).to.equal('');
      expect(status).to.equal(0);
      const moved = `# Changelog\n\nWhat changes.\n\n## [Unreleased]\n\n## [${version}] - ${today()}\n\n${LINES}\n${RELEASED}`;
      expect(await read('CHANGELOG.md')).to.equal(moved);
      expect([await versionIn('package.json'), await versionIn('part/package.json')]).to.deep.equal([version, version]);
      expect(await read('package-lock.json')).to.equal(lockfile.replaceAll('1.2.3', version));
      expect(git('log', '-1', '--format=%s')).to.equal(`Release ${version}`);
      expect(git('status', '--porcelain')).to.equal('');
      expect(git('rev-parse', `v${version}^{commit}`)).to.equal(git('rev-parse', 'HEAD'));
      expect(git('tag', '--list', '--format=%(contents)', `v${version}`)).to.equal(`Release ${version}\n\n${LINES}`);
      expect(stdout).to.include(`git push origin main v${version}\n`).and.include(`gh release create v${version} `);
    });
  }

  it('prints what a version has changed, for a release on GitHub', () => {
    release('minor');
    expect(release('--notes').stdout).to.equal(`${LINES}\n`);
    expect(release('--notes', '1.3.0').stdout).to.equal(`${LINES}\n`);
    expect(release('--notes', '1.2.3').stdout).to.equal('### Changed\n\n- Everything.\n');
    expect(release('--notes', '9.9.9')).to.include({ status: 1, stderr: 'CHANGELOG.md says nothing about 9.9.9.\n' });
  });

  it('says with --dry-run all that it would do, and changes nothing', async () => {
    const before = await state();
    const { status, stdout } = release('minor', '--dry-run');
    expect(status).to.equal(0);
    expect(stdout).to.include(LINES).and.include('tag --annotate v1.3.0').and.include('Nothing was changed');
    expect(await state()).to.deep.equal(before);
  });

  it('releases the version of package.json if CHANGELOG.md does not have it, so that the first release keeps its number', async () => {
    await write('CHANGELOG.md', changelog(LINES));
    git('commit', '--quiet', '--all', '--message', 'Begin the log');
    expect(release('1.2.3').status).to.equal(0);
    expect(await read('CHANGELOG.md')).to.include(`## [1.2.3] - ${today()}\n`);
  });

  it('is made on the branch that is named', () => {
    git('switch', '--quiet', '--create', 'next');
    expect(release('minor')).to.include({
      status: 1,
      stderr: 'A release is made on main, and this is next. Change to it, or give --branch.\n',
    });
    const { status, stdout } = release('minor', '--branch', 'next');
    expect(status).to.equal(0);
    expect(stdout).to.include('git push origin next v1.3.0\n');
  });

  it('is made for a pull request on a branch of its own, without a tag', async () => {
    const { status, stdout } = release('minor', '--pull-request');
    expect(status).to.equal(0);
    expect(git('log', '-1', '--format=%s %D')).to.equal('Release 1.3.0 HEAD -> release-1.3.0');
    expect(git('log', '-1', '--format=%s', 'main')).to.equal('Begin');
    expect([git('tag'), git('status', '--porcelain')]).to.deep.equal(['', '']);
    expect(await versionIn('package.json')).to.equal('1.3.0');
    expect(stdout)
      .to.include('git push --set-upstream origin release-1.3.0 && gh pr create')
      .and.include('--target $(');
  });

  for (const way of [[], ['--pull-request']])
    it(`leaves all as it was when the commit is refused ${way}`, async () => {
      await writeFile(join(folder.path, '.git/hooks/pre-commit'), '#!/bin/sh\necho no >&2\nexit 1\n', { mode: 0o755 });
      const before = await state();
      const { status, stderr } = release('minor', ...way);
      expect([status, stderr]).to.deep.equal([1, 'git commit failed: no\n']);
      expect(git('branch', '--format=%(HEAD)%(refname:short)')).to.equal('*main');
      expect(await state()).to.deep.equal(before);
    });

  describe('changes nothing', () => {
    const refused: Record<string, [says: RegExp, args: string[], prepare?: () => Promise<unknown> | unknown]> = {
      'with a changed file': [
        /^These files differ[^\n]*\n M CHANGELOG\.md\n$/,
        ['patch'],
        () => write('CHANGELOG.md', ''),
      ],
      'with a file that is not committed': [/\?\? new\.ts\n$/, ['patch'], () => write('new.ts', '')],
      'with a tag of that name': [/^The tag v1\.2\.4 exists\./, ['patch'], () => git('tag', 'v1.2.4')],
      'for an older version': [/^1\.2\.2 is older than 1\.2\.3, which package\.json has\.\n$/, ['1.2.2']],
      'for a released version': [/^1\.2\.3 is not newer than 1\.2\.3, which CHANGELOG\.md has\.\n$/, ['1.2.3']],
      'with nothing below "Unreleased"': [
        /^CHANGELOG\.md has nothing below "Unreleased"\./,
        ['patch'],
        async () => {
          await write('CHANGELOG.md', changelog('### Added\n', RELEASED));
          git('commit', '--quiet', '--all', '--message', 'Say nothing');
        },
      ],
    };
    for (const [name, [says, args, prepare]] of Object.entries(refused)) {
      it(name, async () => {
        await prepare?.();
        const before = await state();
        const { status, stderr } = release(...args);
        expect(stderr).to.match(says);
        expect(status).to.equal(1);
        expect(await state()).to.deep.equal(before);
      });
    }

    const wrong: Record<string, [args: string[], says: RegExp]> = {
      'without a version': [[], /^Say which release: .*\n$/],
      'for a word that is no step': [['huge'], /^A release is major, minor, patch or a version .*, not huge\.\n$/],
      'for a version with a v': [['v1.3.0'], /not v1\.3\.0\.\n$/],
      'for two versions': [['patch', 'minor'], /^One version at a time/],
      'for an unknown option': [['patch', '--push'], /--push/],
    };
    for (const [name, [args, says]] of Object.entries(wrong)) {
      it(`${name}, which is wrong use`, async () => {
        const before = await state();
        const { status, stderr } = release(...args);
        expect(stderr).to.match(says);
        expect(status).to.equal(2);
        expect(await state()).to.deep.equal(before);
      });
    }
  });
});
