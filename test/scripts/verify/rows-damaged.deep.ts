import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { createRandom } from '../../support/random.ts';
import { spawnStart } from '../../support/services/start-process.ts';
import { startWithImages, stopStart, type Uploaded } from '../../support/storage/stored-data.ts';
import { flipped, isRowOf, withRows } from '../../support/storage/stored-rows.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { verifyData } from '../../support/storage/verify-process.ts';

/** Bits that are flipped in the rows of one table. */
const FLIPS = 12;

describe('npm run verify after damage to rows of the table', function () {
  this.timeout(240_000);
  let folder: TemporaryFolder;
  let whole: string;
  let images: Uploaded[];

  before(async () => {
    folder = await createTemporaryFolder();
    whole = join(folder.path, 'whole');
    const begun = await startWithImages(whole, 8);
    images = begun.images;
    await stopStart(begun.start);
  });
  after(() => folder?.remove());

  const copy = async (name: string): Promise<string> => {
    const data = join(folder.path, name);
    await cp(whole, data, { recursive: true });
    return data;
  };

  async function withStart(data: string, work: (url: string) => Promise<void>): Promise<void> {
    const start = spawnStart('--port', '0', '--data', data, '--log', 'warn');
    try {
      await work(await start.ready());
    } finally {
      await stopStart(start);
    }
  }

  const listed = async (url: string): Promise<string[]> =>
    jsonOf(await send(url, { path: '/v1/images?limit=100' })).images.map((image: { imageId: string }) => image.imageId);
  const remove = (url: string, imageId: string) => send(url, { method: 'DELETE', path: `/v1/images/${imageId}` });

  it('names the rows, drops them and takes the originals up again, while all others answer', async () => {
    const data = await copy('one');
    const [damaged, deleted, ownerless, ...others] = images;
    if (!damaged || !deleted || !ownerless) throw new Error('there are images');
    withRows(data, (rows, write) => {
      for (const { imageId } of [damaged, deleted, ownerless]) {
        const row = rows.find((each) => isRowOf(imageId, 'RECORD', each));
        if (!row) throw new Error('the image has a record');
        // The first byte takes the whole record with it.
        const at = imageId === ownerless.imageId ? 0 : Buffer.from(row.value).indexOf('contentLength');
        write(row.key, { value: flipped(row.value, at, 0).toString() });
      }
    });
    const expected = [damaged, deleted, ownerless].map(({ imageId }) => `damaged IMAGE#${imageId} RECORD`);
    const found = await verifyData(data);
    expect(found.findings.map(({ kind, key }) => `${kind} ${key}`)).to.have.members(expected);
    expect([found.status, found.summary?.faults]).to.deep.equal([1, 3]);
    await withStart(data, async (url) => {
      for (const path of ['', '/original', '/renditions/thumb'])
        for (const [{ imageId }, ...refusal] of [
          [damaged, 500, 'object_damaged'],
          // Nobody knows whose it is, so it is nobody's.
          [ownerless, 404, 'image_not_found'],
        ] as const) {
          const answer = await send(url, { path: `/v1/images/${imageId}${path}` });
          expect([answer.status, jsonOf(answer).code]).to.deep.equal(refusal);
        }
      // The index of lists has a copy of its own, which is whole.
      const readable = [damaged, deleted, ...others].map(({ imageId }) => imageId);
      expect(await listed(url)).to.have.members(readable);
      expect((await remove(url, deleted.imageId)).status).to.equal(204);
      expect((await send(url, { path: `/v1/images/${deleted.imageId}` })).status).to.equal(410);
      expect((await remove(url, ownerless.imageId)).status).to.equal(404);
      expect((await verifyData(data)).findings.map(({ imageId }) => imageId)).to.have.members([
        damaged.imageId,
        ownerless.imageId,
      ]);
    });
    const mended = await verifyData(data, '--drop-damaged', '--adopt');
    expect(mended.findings.map(({ done }) => done)).to.have.members(['dropped', 'dropped', 'adopted', 'adopted']);
    expect(mended.status, mended.stderr).to.equal(0);
    await withStart(data, async (url) => {
      for (const { imageId, bytes } of [damaged, ownerless]) {
        const { status, body } = await send(url, { path: `/v1/images/${imageId}/original` });
        expect([status, body.equals(bytes)]).to.deep.equal([200, true]);
      }
      expect(await listed(url)).to.have.members([damaged, ownerless, ...others].map(({ imageId }) => imageId));
    });
  });

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`ends at no bit that is flipped anywhere in them, nor does npm start, with seed ${seed}`, async () => {
      const data = await copy(`seed-${seed}`);
      const random = createRandom(seed);
      const touched = withRows(data, (rows, write) => {
        const left = new Map(rows.map((row) => [row.key, row]));
        for (let flip = 0; flip < FLIPS; flip += 1) {
          const row = [...left.values()][random(0, left.size - 1)];
          if (!row) break;
          left.delete(row.key);
          const [key, value] = [Buffer.from(row.key), row.value];
          if (random(0, 3))
            write(row.key, { value: flipped(value, random(0, value.length - 1), random(0, 7)).toString() });
          else write(row.key, { key: flipped(key, random(0, key.length - 1), random(0, 7)) });
        }
        return rows.filter(({ key }) => !left.has(key));
      });
      const isTouched = ({ imageId }: Uploaded) => touched.some((row) => isRowOf(imageId, 'RECORD', row));
      const { status, stderr, summary } = await verifyData(data);
      expect([status === 0 || status === 1, summary !== undefined], stderr).to.deep.equal([true, true]);
      await withStart(data, async (url) => {
        for (const image of images.filter((each) => !isTouched(each))) {
          const { status: answered, body } = await send(url, { path: `/v1/images/${image.imageId}/original` });
          expect([answered, body.equals(image.bytes)], image.imageId).to.deep.equal([200, true]);
        }
        for (const image of images.filter(isTouched)) {
          const answer = await send(url, { path: `/v1/images/${image.imageId}`, mayShowDamage: true });
          expect([200, 404, 500], String(answer.body)).to.include(answer.status);
          expect(String(answer.body)).to.not.include('internal_error');
        }
        expect((await send(url, { path: '/v1/images?limit=100', mayShowDamage: true })).status).to.equal(200);
        for (const { imageId } of images) expect([204, 404]).to.include((await remove(url, imageId)).status);
      });
      expect((await verifyData(data, '--drop-damaged', '--adopt', '--remove-orphans')).summary).to.not.equal(undefined);
    });
  }
});
