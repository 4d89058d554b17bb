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

  it('names the row, drops it and takes the original up again, while all others answer', async () => {
    const data = await copy('one');
    const [damaged, deleted, ...others] = images;
    if (!damaged || !deleted) throw new Error('there are images');
    withRows(data, (rows, write) => {
      for (const { imageId } of [damaged, deleted]) {
        const row = rows.find((each) => isRowOf(imageId, 'RECORD', each));
        if (row) write(row.key, { value: flipped(row.value, 0, 0).toString() });
      }
    });
    const expected = [damaged, deleted].map(({ imageId }) => `damaged IMAGE#${imageId} RECORD`);
    const found = await verifyData(data);
    expect(found.findings.map(({ kind, key }) => `${kind} ${key}`)).to.have.members(expected);
    expect([found.status, found.summary?.faults]).to.deep.equal([1, 2]);
    await withStart(data, async (url) => {
      for (const path of ['', '/original', '/renditions/thumb']) {
        const { status, body } = await send(url, { path: `/v1/images/${damaged.imageId}${path}` });
        expect([status, JSON.parse(body.toString()).code]).to.deep.equal([500, 'object_damaged']);
      }
      expect(await listed(url)).to.have.members(others.map(({ imageId }) => imageId));
      expect((await remove(url, deleted.imageId)).status).to.equal(204);
      expect((await send(url, { path: `/v1/images/${deleted.imageId}` })).status).to.equal(410);
      expect((await verifyData(data)).findings.map(({ imageId }) => imageId)).to.deep.equal([damaged.imageId]);
    });
    const mended = await verifyData(data, '--drop-damaged', '--adopt');
    expect(mended.findings.map(({ done }) => done)).to.deep.equal(['dropped', 'adopted']);
    expect(mended.status, mended.stderr).to.equal(0);
    await withStart(data, async (url) => {
      const { status, body } = await send(url, { path: `/v1/images/${damaged.imageId}/original` });
      expect([status, body.equals(damaged.bytes)]).to.deep.equal([200, true]);
      expect(await listed(url)).to.have.members([damaged, ...others].map(({ imageId }) => imageId));
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
