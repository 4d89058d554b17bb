import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Answered, expectProblem, jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type StartProcess, spawnStartWithin } from '../support/services/start-process.ts';

/** Concurrent clients, by the limit of open files: more than can be served, but not more than can be answered with 503. */
const CLIENTS = { 128: 32, 200: 50, 256: 80 };

describe('npm start with a low limit of open files', function () {
  this.timeout(180_000);
  let folder: string;
  let started: StartProcess | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-service-files-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(async () => {
    if (started?.child.exitCode === null) started.child.kill('SIGTERM');
    await started?.ended();
  });
  const start = (openFiles: number): StartProcess => {
    started = spawnStartWithin(openFiles, '--port', '0', '--data', join(folder, String(openFiles)), '--log', 'warn');
    return started;
  };

  it('says in one sentence that the limit is too low', async () => {
    const { ended, stderr } = start(64);
    expect(await ended()).to.equal(1);
    expect(stderr()).to.match(/^Only 64 files may be open at once, and \d+ are needed\. .*ulimit -n \d+\n$/);
  });

  for (const [openFiles, clients] of Object.entries(CLIENTS)) {
    it(`answers each of ${clients} clients, with 503 where it must, with ${openFiles} open files`, async () => {
      const { ready, stdout, stderr } = start(Number(openFiles));
      const url = await ready();
      expect(stdout()).to.match(new RegExp(`only \\d+ clients are served at once, for ${openFiles} files may be open`));
      const jpeg = await photograph('jpeg', 1600, 1200);
      const answers = { uploads: [] as Answered[], downloads: [] as Answered[], refused: 0 };
      const client = async () => {
        for (let round = 0; round < 5; round += 1) {
          const upload = await send(url, { method: 'POST', path: '/v1/images', body: jpeg });
          answers.uploads.push(upload);
          if (upload.status !== 201) continue;
          answers.downloads.push(await send(url, { path: jsonOf(upload).links.original }));
        }
      };
      await Promise.all(Array.from({ length: clients }, client));

      const done = { upload: 201, download: 200 };
      for (const answer of [...answers.uploads, ...answers.downloads]) {
        if (answer.status === done.upload || answer.status === done.download) continue;
        expectProblem(answer, 'service_unavailable');
        expect(answer.headers).to.include.keys('retry-after');
        answers.refused += 1;
      }
      expect(answers.refused, 'answers with 503').to.be.above(0);
      expect(stdout()).to.match(/connections are refused/);
      expect(stderr()).to.not.match(/EMFILE|starting it again/);
      for (const { status, body } of answers.downloads)
        if (status === done.download) expect(body.equals(jpeg)).to.equal(true);
      const stored = answers.uploads.filter(({ status }) => status === done.upload).map((answer) => jsonOf(answer));
      expect(stored.length).to.be.above(0);
      for (const { links } of stored) {
        const again = await send(url, { path: links.original });
        expect([again.status, again.body.equals(jpeg)]).to.deep.equal([done.download, true]);
      }
    });
  }
});
