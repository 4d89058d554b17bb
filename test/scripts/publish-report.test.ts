import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { githubOf } from '../../scripts/github/api.ts';
import { bodyOf, MOST_CHARACTERS } from '../../scripts/github/report.ts';
import { type GithubServer, startGithubServer } from '../support/http/github-server.ts';
import { rejectionOf } from '../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/publish-report.ts', import.meta.url));
const MARKER = '<!-- image-service: plan -->';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('npm run publish-report', () => {
  let folder: TemporaryFolder;
  let server: GithubServer;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());
  beforeEach(async () => {
    server = await startGithubServer();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<Ended>((resolve) => {
      const options = { env: { PATH: process.env.PATH, ...server.env, ...env } };
      const child = execFile(process.execPath, [SCRIPT, ...args], options, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  const file = async (text: string, name = 'report.md'): Promise<string> => {
    const path = join(folder.path, name);
    await writeFile(path, text);
    return path;
  };
  const comment = async (text: string, ...more: string[]) =>
    run(['--pull-request', '7', '--marker', 'plan', await file(text), ...more]);
  const close = (...more: string[]) => run(['--issue', 'Drift', '--marker', 'plan', '--close', ...more]);
  const issue = async (text: string, ...more: string[]) =>
    run(['--issue', 'Drift', '--marker', 'plan', await file(text), ...more]);

  describe('on a pull request', () => {
    it('adds a comment, and replaces it the next time', async () => {
      expect((await comment('one\n')).code).to.equal(0);
      const { code, stdout } = await comment('two\n');
      expect(code).to.equal(0);
      expect(stdout).to.match(/^Replaced https:/);
      expect(server.comments.map(({ body }) => body)).to.deep.equal([`${MARKER}\ntwo\n`]);
    });

    it('finds its comment on the third page', async () => {
      for (let count = 0; count < 230; count += 1) server.add(server.comments, { body: `comment ${count}` });
      await comment('one');
      await comment('two');
      expect(server.comments).to.have.length(231);
      expect(server.comments.at(-1)?.body).to.equal(`${MARKER}\ntwo\n`);
    });

    const pagesRead = () => server.requests.filter((request) => request.startsWith('GET ')).length;

    it('reads no page after the one with its comment', async () => {
      for (let count = 0; count < 120; count += 1) server.add(server.comments, { body: `comment ${count}` });
      server.add(server.comments, { body: `${MARKER}\nold`, user: { login: server.login } });
      for (let count = 0; count < 500; count += 1) server.add(server.comments, { body: `later ${count}` });
      expect((await comment('new')).code).to.equal(0);
      expect(pagesRead()).to.equal(2);
    });

    it('gives up after a hundred pages, and adds no comment that the next report would not find', async () => {
      for (let count = 0; count < 10_001; count += 1) server.add(server.comments, { body: `${MARKER}\n${count}` });
      const { code, stderr } = await comment('new');
      expect(stderr).to.match(/has more than 100 pages, and what is looked for is on none of these\.\n$/);
      expect(code).to.equal(1);
      expect(pagesRead()).to.equal(100);
      expect(server.comments).to.have.length(10_001);
    });

    it('does not edit a comment with the marker by somebody else, nor one of its own with another marker', async () => {
      const others = [
        server.add(server.comments, { body: `${MARKER}\nby grace` }),
        server.add(server.comments, { body: '<!-- image-service: costs -->\nown', user: { login: server.login } }),
        server.add(server.comments, { body: `quoted: ${MARKER}`, user: { login: server.login } }),
      ].map(({ body }) => body);
      await comment('new');
      expect(server.comments.map(({ body }) => body)).to.deep.equal([...others, `${MARKER}\nnew\n`]);
    });

    it('publishes nothing with --dry-run, and says what it would', async () => {
      const { code, stdout } = await comment('text of the plan', '--dry-run');
      expect(code).to.equal(0);
      expect(stdout).to.include('Would comment on #7').and.include('text of the plan');
      expect(server.comments).to.deep.equal([]);
    });

    it('joins several files', async () => {
      const files = [await file('one', 'one.md'), await file('two', 'two.md')];
      await run(['--pull-request', '7', '--marker', 'plan', ...files]);
      expect(server.comments[0]?.body).to.equal(`${MARKER}\none\ntwo\n`);
    });

    it('refuses an empty report', async () => {
      const { code, stderr } = await comment(' \n');
      expect(code).to.equal(1);
      expect(stderr).to.equal('The report is empty, so nothing is published.\n');
    });
  });

  describe('as an issue', () => {
    it('opens one, replaces it, and closes it when there is nothing to report', async () => {
      await issue('one');
      await issue('two');
      expect(server.issues).to.have.length(1);
      expect(server.issues[0]).to.include({ title: 'Drift', body: `${MARKER}\ntwo\n`, state: 'open' });
      const { stdout } = await close();
      expect(stdout).to.match(/^Closed https:/);
      expect(server.issues[0]).to.include({ state: 'closed', body: `${MARKER}\ntwo\n` });
    });

    it('opens another one when the last one is closed', async () => {
      server.add(server.issues, { body: `${MARKER}\nold`, user: { login: server.login }, state: 'closed' });
      await issue('new');
      expect(server.issues.map(({ state }) => state)).to.deep.equal(['closed', 'open']);
    });

    it('does nothing where there is nothing to report and no issue', async () => {
      const { code, stdout } = await close();
      expect(code).to.equal(0);
      expect(stdout).to.equal('There is nothing to report, and no open issue.\n');
      expect(server.requests).to.not.include('POST /issues');
    });

    it('edits neither a pull request nor an issue of somebody else that has its marker', async () => {
      server.add(server.issues, { body: `${MARKER}\n`, user: { login: server.login }, pull_request: {} });
      server.add(server.issues, { body: `${MARKER}\n` });
      await issue('new');
      expect(server.requests.filter((request) => request.startsWith('PATCH'))).to.deep.equal([]);
      expect(server.issues).to.have.length(3);
    });

    it('closes nothing with --dry-run', async () => {
      await issue('one');
      const { stdout } = await close('--dry-run');
      expect(stdout).to.match(/^Would close https:/);
      expect(server.issues[0]?.state).to.equal('open');
    });
  });

  describe('cuts a report that is longer than GitHub takes', () => {
    it('at the end of a line, and says so', async () => {
      expect((await comment('0123456789\n'.repeat(10_000))).code).to.equal(0);
      const body = server.comments[0]?.body ?? '';
      expect(body).to.match(/\n0123456789\n\n\*\*The rest does not fit here\.\*\*/);
      expect(body.length).to.be.within(MOST_CHARACTERS - 100, MOST_CHARACTERS);
    });

    it('and closes the block of code in which it ends', () => {
      expect(bodyOf('plan', `\`\`\`\n${'+ line\n'.repeat(20_000)}\`\`\``)).to.match(/\n\+ line\n```\n\n\*\*The rest/);
    });

    it('but none that fits exactly', () => {
      const text = 'x'.repeat(MOST_CHARACTERS - MARKER.length - 2);
      expect(bodyOf('plan', text)).to.equal(`${MARKER}\n${text}\n`);
      expect(bodyOf('plan', `${text}x`)).to.include('The rest does not fit');
    });
  });

  describe('says in one sentence what is wrong with', () => {
    const WRONG: Record<string, [args: string[], sentence: RegExp]> = {
      'no place': [['--marker', 'plan', 'a.md'], /^Name one place: --pull-request/],
      'two places': [['--pull-request', '7', '--issue', 'Drift', '--marker', 'plan', 'a.md'], /^Name one place/],
      'a number that is none': [['--pull-request', '7/../8', '--marker', 'plan', 'a.md'], /takes a number, not 7/],
      'a marker that would end the comment': [['--pull-request', '7', '--marker', 'a-->', 'a.md'], /^--marker takes/],
      'no marker': [['--pull-request', '7', 'a.md'], /^--marker takes .* not nothing\.$/m],
      'no file': [['--pull-request', '7', '--marker', 'plan'], /^Name the files/],
      'files and --close': [
        ['--issue', 'Drift', '--marker', 'plan', '--close', 'a.md'],
        /^Name the files .* or --close/,
      ],
      'a comment to close': [['--pull-request', '7', '--marker', 'plan', '--close'], /^--close is for an issue/],
      'an empty title': [['--issue', '', '--marker', 'plan', 'a.md'], /^--issue takes a title/],
    };
    for (const [name, [args, sentence]] of Object.entries(WRONG))
      it(name, async () => {
        const { code, stderr } = await run(args);
        expect(stderr).to.match(sentence);
        expect(code).to.equal(2);
      });

    it('a file that is not there', async () => {
      const { code, stderr } = await run(['--issue', 'Drift', '--marker', 'plan', join(folder.path, 'none.md')]);
      expect(stderr).to.match(/none\.md cannot be read \(ENOENT\), so nothing is published\.\n$/);
      expect(code).to.equal(1);
    });

    it('a missing token or repository', async () => {
      const args = ['--issue', 'Drift', '--marker', 'plan', await file('x')];
      expect((await run(args, { GITHUB_TOKEN: '' })).stderr).to.match(/^GITHUB_TOKEN must be/);
      expect((await run(args, { GITHUB_REPOSITORY: 'ada' })).stderr).to.match(/^GITHUB_REPOSITORY must be/);
    });

    it('a refused token, without printing it', async () => {
      const { code, stderr } = await run(['--issue', 'Drift', '--marker', 'plan', await file('x')], {
        GITHUB_TOKEN: 'secret-of-somebody',
      });
      expect(stderr)
        .to.match(/answered 401: Bad credentials\n$/)
        .and.not.include('secret-of-somebody');
      expect(code).to.equal(1);
    });
  });

  describe('when GitHub fails', () => {
    const github = () => githubOf(server.env, 1);

    it('reads and replaces again', async () => {
      const { number } = server.add(server.issues, {});
      server.failures.push(502, 503);
      expect(await github().find('/issues?state=open', () => true)).to.include({ number });
      server.failures.push(500);
      await github().call('PATCH', `/issues/${number}`, { body: 'new' });
      expect(server.issues[0]?.body).to.equal('new');
    });

    it('does not create again, because GitHub may have done it', async () => {
      server.failures.push(502);
      const error = await rejectionOf(github().call('POST', '/issues', { title: 'Drift', body: '' }));
      expect((error as Error).message).to.match(/POST .*\/repos\/ada\/images\/issues answered 502: Made to fail$/);
      expect(server.requests).to.deep.equal(['POST /issues']);
    });

    it('does not repeat what it refuses', async () => {
      server.failures.push(403);
      expect(String(await rejectionOf(github().find('/issues', () => false)))).to.match(/answered 403: Made to fail$/);
      expect(server.requests).to.have.length(1);
    });
  });
});
