import { expect } from 'chai';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { multipartClient } from '../../support/services/multipart-client.ts';
import { type StartProcess, spawnStart } from '../../support/services/start-process.ts';
import { stopStart } from '../../support/storage/stored-data.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { readPrinted, spawnVerify } from '../../support/storage/verify-process.ts';

/** Runs of verify, one after the other, each over other moments of the uploads. */
const RUNS = 8;

describe('npm run verify beside uploads and deletes', function () {
  this.timeout(600_000);
  let folder: TemporaryFolder;
  let start: StartProcess;
  let url: string;

  before(async () => {
    folder = await createTemporaryFolder();
    start = spawnStart('--port', '0', '--data', folder.path, '--log', 'warn');
    url = await start.ready();
  });
  after(async () => {
    await stopStart(start);
    await folder.remove();
  });

  const upload = async (body: Buffer): Promise<string> =>
    jsonOf(await send(url, { method: 'POST', path: '/v1/images?rendition=thumb', body })).imageId;
  const remove = (imageId: string) => send(url, { method: 'DELETE', path: `/v1/images/${imageId}` });
  const uploadInParts = async (body: Buffer): Promise<string> => {
    const client = multipartClient(() => url);
    const { upload, parts } = await client.uploaded([body]);
    return (await client.completed(upload.uploadId, parts)).imageId;
  };

  it('reports nothing that is under way as a fault, however young', async () => {
    let isOver = false;
    let done = 0;
    const body = await photograph('jpeg', 200, 150);
    const work = async (number: number) => {
      while (!isOver) {
        const imageId = await (number % 3 ? upload(body) : uploadInParts(body));
        if (done % 2) await remove(imageId);
        done += 1;
      }
    };
    const working = [1, 2, 3].map(work);
    try {
      for (let run = 0; run < RUNS; run += 1) {
        const args = ['--data', folder.path, '--json', '--age', '0', '--grace', '3'];
        const { stdout, stderr, status } = await spawnVerify({ XDG_STATE_HOME: `${folder.path}/state` }, ...args)
          .finished;
        expect(readPrinted(stdout).findings, stderr).to.deep.equal([]);
        expect(status).to.equal(0);
      }
    } finally {
      isOver = true;
      await Promise.all(working);
    }
    expect(done).to.be.above(RUNS);
  });
});
