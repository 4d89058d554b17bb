import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axios from 'axios';
import { expect } from 'chai';
import { photograph } from '../support/images/photographs.ts';
import { type StartProcess, spawnStart } from '../support/services/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { GO, outputOf, PYTHON_HTTPX, PYTHON_REQUESTS, skipWithout } from './client-programs.ts';
import { type Ask, askByFetch, WHOLE_JOB, wholeJob } from './whole-job.ts';

const photo = await photograph('jpeg', 300, 200);

const askByAxios =
  (base: string): Ask =>
  async ({ method, path, headers = {}, body }) => {
    const answer = await axios.request<ArrayBuffer>({
      ...{ method, url: base + path, headers, data: body },
      responseType: 'arraybuffer',
      validateStatus: () => true,
    });
    return {
      status: answer.status,
      header: (name) => (answer.headers[name] as string | undefined) ?? null,
      bytes: new Uint8Array(answer.data),
    };
  };

/** The path of a file in this folder. */
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('the whole job is done', () => {
  let stack: StartProcess;
  let url: string;
  let folder: TemporaryFolder;
  let path: string;
  before(async () => {
    folder = await createTemporaryFolder();
    path = join(folder.path, 'photo.jpg');
    await writeFile(path, photo);
    stack = spawnStart('--port', '0', '--log', 'silent', '--data', join(folder.path, 'data'));
    url = await stack.ready();
  });
  after(async () => {
    stack?.child.kill('SIGTERM');
    await stack?.ended();
    await folder?.remove();
  });

  it("by Node's fetch, which is undici", async () => {
    expect(await wholeJob(askByFetch(url), new Uint8Array(photo))).to.deep.equal(WHOLE_JOB);
  });

  it('by axios', async () => {
    expect(await wholeJob(askByAxios(url), new Uint8Array(photo))).to.deep.equal(WHOLE_JOB);
  });

  for (const [library, python] of Object.entries({ requests: PYTHON_REQUESTS, httpx: PYTHON_HTTPX })) {
    describe(`by ${library} of Python`, () => {
      before(skipWithout(python));

      it('in the same way', async () => {
        const written = await outputOf(python, [program('whole-job.py'), library, url, path], folder.path);
        expect(JSON.parse(written)).to.deep.equal(WHOLE_JOB);
      });
    });
  }

  describe('by net/http of Go', () => {
    before(skipWithout(GO));

    it('in the same way', async () => {
      const written = await outputOf(GO, ['run', program('whole-job.go'), url, path], folder.path);
      expect(JSON.parse(written)).to.deep.equal(WHOLE_JOB);
    });
  });
});
