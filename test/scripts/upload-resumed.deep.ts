import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import {
  isComplete,
  isCreate,
  isPart,
  isSync,
  partNumber,
  type Request,
  sha256,
  startUploadBench,
  type UploadBench,
} from '../support/services/upload-bench.ts';
import { MiB } from '../support/storage/bodies.ts';

describe('npm run upload, when it is interrupted,', function () {
  this.timeout(90_000);
  let bench: UploadBench;
  let proxy: UploadBench['proxy'];
  before(async () => {
    bench = await startUploadBench();
    ({ proxy } = bench);
  });
  after(() => bench.stop());
  beforeEach(() => bench.reset());
  afterEach(() => bench.clean());

  /** Lets the given number of parts through, holds the next ones, and kills the client. */
  const killAfterParts = async (count: number, args: string[]) => {
    const through = () => bench.seen(isPart).filter(({ status }) => status === 200).length;
    const before = through();
    const gone = Promise.withResolvers<'hangUp'>();
    let granted = count;
    let held = 0;
    proxy.before = (request) => {
      if (!isPart(request)) return 'pass';
      granted -= 1;
      if (granted >= 0) return 'pass';
      held += 1;
      return gone.promise;
    };
    const { child, ended } = bench.start(...args);
    await eventually('the parts are through', () => through() === before + count && held > 0);
    child.kill('SIGKILL');
    expect((await ended).status).to.equal('SIGKILL');
    gone.resolve('hangUp');
    proxy.before = () => 'pass';
  };

  it('resumes the same upload after three kills, and sends no finished part twice', async () => {
    const { path, bytes } = await bench.file('killed.jpg', 60 * MiB);
    const args = [path, '--concurrency', '3'];
    for (const count of [2, 3, 1]) await killAfterParts(count, args);
    expect(await bench.stateFiles()).to.have.lengthOf(1);
    const [image] = await bench.upload(...args);
    const created = bench.seen(isCreate);
    expect(created).to.have.lengthOf(1);
    const { uploadId, imageId } = JSON.parse(String(created[0]?.body));
    expect(image.imageId).to.equal(imageId);
    const stored = bench.seen(isPart).filter(({ status }) => status === 200);
    expect(stored.map(partNumber).sort()).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { path } of stored) expect(path).to.include(`/v1/uploads/${uploadId}/`);
    expect((await bench.original(imageId)).equals(bytes)).to.equal(true);
  });

  const lost: Record<string, [what: (request: Request) => boolean, args: string[]]> = {
    'an upload is created': [isCreate, ['--parts-from', '0']],
    'an upload is completed': [isComplete, ['--parts-from', '0']],
    'an image is uploaded whole': [isSync, []],
  };
  for (const [name, [what, args]] of Object.entries(lost)) {
    it(`makes one image of two runs if the first is killed before it knows that ${name}`, async () => {
      const { path } = await bench.file('lost.jpg', 9 * MiB);
      const first = bench.start(path, ...args);
      proxy.after = (exchange) => {
        if (!what(exchange)) return 'pass';
        first.child.kill('SIGKILL');
        return 'hangUp';
      };
      expect((await first.ended).status).to.equal('SIGKILL');
      proxy.after = () => 'pass';
      const [image] = await bench.upload(path, ...args);
      const answers = bench
        .seen((request) => isCreate(request) || isSync(request))
        .map(({ body }) => JSON.parse(String(body)));
      expect(new Set(answers.map(({ imageId }) => imageId))).to.deep.equal(new Set([image.imageId]));
      const stored = bench.seen(isPart).filter(({ status }) => status === 200);
      expect(new Set(stored.map(partNumber)).size).to.equal(stored.length);
    });
  }

  it('begins a new upload when the old one was aborted meanwhile', async () => {
    const { path, bytes } = await bench.file('aborted.jpg', 20 * MiB);
    const args = [path, '--parts-from', '0', '--concurrency', '1'];
    await killAfterParts(1, args);
    const { uploadId } = JSON.parse(String(bench.seen(isCreate)[0]?.body));
    await send(proxy.url, { method: 'DELETE', path: `/v1/uploads/${uploadId}` });
    const [image] = await bench.upload(...args);
    expect(image.checksumSha256).to.equal(sha256(bytes));
    const created = bench.seen(isCreate).map(({ body }) => JSON.parse(String(body)).uploadId);
    expect(created).to.have.lengthOf(2);
    expect(new Set(created).size).to.equal(2);
  });

  it('prints the image when another client has completed the upload', async () => {
    const { path, bytes } = await bench.file('completed.jpg', 12 * MiB);
    const args = [path, '--parts-from', '0', '--concurrency', '1'];
    await killAfterParts(1, args);
    const { uploadId, imageId, partSize } = JSON.parse(String(bench.seen(isCreate)[0]?.body));
    const self = `/v1/uploads/${uploadId}`;
    const put = { method: 'PUT', path: `${self}/parts/2`, body: bytes.subarray(partSize) };
    const parts = [JSON.parse(String(bench.seen(isPart)[0]?.body)), jsonOf(await send(proxy.url, put))];
    const named = parts.map(({ partNumber, eTag }) => ({ partNumber, eTag }));
    const headers = { 'content-type': 'application/json' };
    await send(proxy.url, {
      ...{ method: 'POST', path: `${self}/complete`, headers },
      body: JSON.stringify({ parts: named }),
    });
    const [image] = await bench.upload(...args);
    expect(image.imageId).to.equal(imageId);
    expect(bench.seen(isCreate)).to.have.lengthOf(1);
  });
});
