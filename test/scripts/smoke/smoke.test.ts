import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { STEPS } from '../../../scripts/smoke/steps.ts';
import { eventually } from '../../support/eventually.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { answerOf, withJson } from './faulty-proxy.ts';
import { API_KEY, type SmokeBench, startSmokeBench } from './smoke-bench.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/smoke.ts', import.meta.url));

describe('npm run smoke', function () {
  this.timeout(120_000);
  let bench: SmokeBench;
  let folder: TemporaryFolder;
  before(async () => {
    [bench, folder] = await Promise.all([startSmokeBench(), createTemporaryFolder()]);
  });
  after(async () => {
    await bench?.stop();
    await folder?.remove();
  });
  afterEach(async () => {
    bench.api.fault = {};
    expect(await bench.left()).to.deep.equal([]);
  });

  const env = () => ({ PATH: process.env.PATH, IMAGE_SERVICE_API_KEY: API_KEY });
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [SCRIPT, ...args], { env: env() }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  async function outputs(content: object): Promise<string> {
    const path = join(folder.path, 'outputs.json');
    await writeFile(path, JSON.stringify(content));
    return path;
  }

  it('does every step against a real service at the address in the outputs, and says how long each took', async () => {
    const { code, stdout, stderr } = await run('dev', '--outputs', await outputs({ 'api-url': bench.api.url }));
    expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).to.equal(`dev: API ${bench.api.url}, without a CDN`);
    expect(lines.slice(1).map((line) => line.replace(/ \([\d.]+ s\)$/, ''))).to.deep.equal(
      STEPS.map(({ says }) => `ok      ${says}`),
    );
  });

  it('waits for the expected revision, in several answers one after the other', async () => {
    let asked = 0;
    const [old, wanted] = ['a'.repeat(40), 'b'.repeat(40)];
    bench.api.fault = {
      after: ({ path }, answer) => {
        if (path !== '/v1/limits') return answer;
        asked += 1;
        // A task of the last version answers now and then.
        const revision = asked < 6 && asked % 2 === 0 ? old : wanted;
        return withJson(answer, (json) => Object.assign(json, { service: { version: '1.0.0', revision } }));
      },
    };
    expect(await bench.smoke({ revision: wanted })).to.include({ status: 0 });
    expect(asked).to.equal(7);
    const { status, lines } = await bench.smoke({ revision: old, timeoutMinutes: 0.1 });
    expect(status).to.equal(1);
    expect(lines.join('\n')).to.match(
      /After 0\.1 minutes, .*revision a{40} has not happened\. The last answer was of revision b{40}\.\n/,
    );
  });

  it('deletes what it has uploaded when it is interrupted', async () => {
    const child = spawn(process.execPath, [SCRIPT, 'dev', '--api', bench.api.url], { env: env() });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    await eventually('an upload', () => stdout.includes('in one request'));
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code, stdout).to.equal(1);
    expect(stdout).to.match(/FAILED .*\n +Stopped by SIGINT\.\n +What was uploaded is deleted\.\n$/);
  });

  it('does not say that something was deleted where it has seen nothing gone', async () => {
    bench.api.fault = {
      before: ({ method, path }) => (method === 'POST' && /^\/v1\/images(\?|$)/.test(path) ? answerOf(500) : undefined),
    };
    const { status, lines } = await bench.smoke();
    expect(status).to.equal(1);
    expect(lines.at(-1)).to.equal('        The API shows nothing that was uploaded.');
  });

  it('leaves out what needs a key where there is none', async () => {
    const { lines } = await bench.smoke({ hasKey: false });
    expect(lines.join('\n')).to.match(/^skipped a private picture.*: there is no API key/m);
  });

  it('says what it would do in a dry run, and does nothing', async () => {
    const { code, stdout } = await run(
      'dev',
      '--api',
      'http://127.0.0.1:9',
      '--cdn',
      'http://127.0.0.1:9',
      '--dry-run',
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/^dev: API http:\S+, CDN http:\S+\nwould see that the API answers/);
  });

  it('demands the private key of a CDN that serves signed URLs only', async () => {
    const given = { 'api-url': bench.api.url, 'cdn-url': bench.cdn.url, 'signed-url-key-ids': ['K1'] };
    const { code, stderr } = await run('dev', '--outputs', await outputs(given));
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /^The CDN serves bytes only to URLs that are signed by K1: .*IMAGE_SERVICE_CDN_SIGNING_KEY\.\n$/,
    );
  });

  it('says in one sentence what is wrong', async () => {
    const cases: [args: string[], code: number, sentence: RegExp][] = [
      [[], 2, /^Name one environment: npm run smoke/],
      [['dev', '--api', 'localhost'], 2, /^--api takes an http or https URL, not localhost\.\n$/],
      [['dev', '--revision', 'abc'], 2, /^--revision takes the 40 hex digits of a commit, not abc\.\n$/],
      [['dev', '--timeout', 'long'], 2, /^--timeout takes a number above 0, not long\.\n$/],
      [
        ['dev', '--outputs', 'nowhere.json'],
        1,
        /^nowhere\.json is no file that npm run deploy -- … --outputs has written: /,
      ],
      [['dev', '--outputs', await outputs({})], 1, /^The outputs have no api-url\./],
      [['dev', '--stacks', folder.path], 1, /has no platform-dev and storage-dev\. Is there an environment dev\?/],
    ];
    for (const [args, code, sentence] of cases) {
      const ended = await run(...args);
      expect(ended.stderr).to.match(sentence);
      expect(ended.code, ended.stderr).to.equal(code);
    }
  });
});
