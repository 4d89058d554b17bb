import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { githubOf } from '../../scripts/github/api.ts';
import { findBuild } from '../../scripts/github/find-build.ts';
import { type GithubServer, type Run, startGithubServer } from '../support/http/github-server.ts';
import { rejectionOf } from '../support/rejection.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/find-build.ts', import.meta.url));
const COMMIT = 'c0ffee'.padEnd(40, '0');
const IMAGES = { name: 'images', expired: false };

describe('npm run find-build', () => {
  let server: GithubServer;
  beforeEach(async () => {
    server = await startGithubServer();
    server.main.push(COMMIT, 'd'.repeat(40));
  });
  afterEach(() => server[Symbol.asyncDispose]());

  /** A run that has built the commit, with changes. */
  const add = (id: number, changes: Partial<Run> = {}): Run => {
    const html_url = `https://github.com/ada/images/actions/runs/${id}`;
    const built = { event: 'push', head_branch: 'main', head_sha: COMMIT, status: 'completed', conclusion: 'success' };
    const run = { id, html_url, ...built, artifacts: [IMAGES], ...changes };
    server.runs.push(run);
    return run;
  };

  const find = (limits: { waitSeconds?: number; appearSeconds?: number; log?(line: string): void } = {}) =>
    findBuild(githubOf(server.env, 1), {
      commit: COMMIT,
      workflow: 'deploy.yml',
      artifact: 'images',
      waitSeconds: 5,
      appearSeconds: 0,
      everySeconds: 0.01,
      log: () => undefined,
      ...limits,
    });
  const messageOf = async (promise: Promise<unknown>) => ((await rejectionOf(promise)) as Error).message;

  it('finds the newest run that has the images', async () => {
    add(1);
    add(3, { artifacts: [] });
    add(2);
    expect(await find()).to.equal(2);
  });

  for (const conclusion of ['failure', 'cancelled', 'timed_out', 'action_required', 'neutral', 'skipped', 'stale'])
    it(`takes no images of a run that is ${conclusion}, because they may be broken or not attested`, async () => {
      add(1, { conclusion });
      expect(await messageOf(find())).to.match(new RegExp(`runs/1, the newest run .*, is ${conclusion}: only images`));
      add(2, { status: 'in_progress', conclusion: null });
      expect(await messageOf(find({ waitSeconds: 0.05 }))).to.match(/runs\/2, .*is in_progress: only images/);
      add(3);
      add(4, { conclusion });
      expect(await find()).to.equal(3);
    });

  it('refuses what was pushed as a tag called main, whatever GitHub says of its run', async () => {
    server.main.splice(1, 1);
    add(1);
    expect(await messageOf(find())).to.equal(
      `${COMMIT} is not on the branch main, so nobody has reviewed it: choose a commit of main.`,
    );
    expect(server.requests.some((request) => request.includes('/artifacts'))).to.equal(false);
  });

  it('passes over expired images', async () => {
    add(1);
    add(2, { artifacts: [{ ...IMAGES, expired: true }] });
    expect(await find()).to.equal(1);
    server.runs.shift();
    expect(await messageOf(find())).to.match(
      /runs\/2, the newest run .* or it has expired\. Up to 30 days .* run all its jobs again/,
    );
  });

  const FOREIGN: Record<string, Partial<Run>> = {
    'a pull request': { event: 'pull_request' },
    'another branch': { head_branch: 'feature' },
    'another commit': { head_sha: 'f'.repeat(40) },
  };
  for (const [name, changes] of Object.entries(FOREIGN))
    it(`does not take what was built for ${name}`, async () => {
      add(1, changes);
      expect(await messageOf(find())).to.match(/^deploy\.yml has not run for c0ffee/);
    });

  it('waits for a build that is under way, and says so', async () => {
    const run = add(1, { status: 'in_progress', conclusion: null, artifacts: [] });
    const lines: string[] = [];
    const log = (line: string) => {
      lines.push(line);
      if (lines.length === 1) run.artifacts.push(IMAGES);
      else Object.assign(run, { status: 'completed', conclusion: 'success' });
    };
    expect(await find({ log })).to.equal(1);
    // Images that are there already are not proven yet.
    expect(lines).to.deep.equal(Array(2).fill(`${run.html_url} is in_progress, and has not succeeded yet.`));
  });

  it('waits for the run of a push that has just been made', async () => {
    const log = (line: string) => {
      expect(line).to.equal(`deploy.yml has not run for ${COMMIT} yet.`);
      add(1);
    };
    expect(await find({ appearSeconds: 5, log })).to.equal(1);
  });

  it('does not wait for ever', async () => {
    add(1, { status: 'queued', conclusion: null, artifacts: [] });
    expect(await messageOf(find({ waitSeconds: 0.05 }))).to.match(/is queued: only images/);
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const env = { PATH: process.env.PATH, ...server.env };
      const child = execFile(process.execPath, [SCRIPT, ...args], { env }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  it('prints the run for the outputs of a step', async () => {
    add(17);
    expect(await run('--commit', COMMIT)).to.deep.equal({ code: 0, stdout: 'run-id=17\n', stderr: '' });
  });

  it('says in one sentence what is wrong with its arguments', async () => {
    expect(await run('--commit', 'main')).to.include({
      code: 2,
      stderr: '--commit takes 40 hex digits, not main.\n',
    });
    expect((await run('--commit', COMMIT, '--wait', 'long')).stderr).to.match(/^--wait takes a whole number/);
  });
});
