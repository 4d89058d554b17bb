import { cp, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Finding } from '../../../scripts/verify/findings.ts';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { spawnStart } from '../../support/services/start-process.ts';
import { itemsOf, killAll, startWithImages, stopStart, type Uploaded } from '../../support/storage/stored-data.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { verifyData } from '../../support/storage/verify-process.ts';

const halve = async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2));
const told = ({ kind, key, done }: Finding): string => [kind, key, ...(done ? [done] : [])].join(' ');

/** What the table says, read by nothing of ours. */
async function recordsOf(data: string) {
  const items = await itemsOf(data);
  const images = items.filter(({ sk, status }) => sk === 'RECORD' && status === 'stored').map(({ imageId }) => imageId);
  const renditions = items.filter(({ sk }) => String(sk).startsWith('RENDITION#'));
  return { images: new Set(images), renditions: new Map(renditions.map((item) => [String(item.pk), item])) };
}

/** Bytes before the first frame of a log of SQLite, and before the page of each frame (https://www.sqlite.org/fileformat2.html#the_write_ahead_log). */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/** Where each transaction ends in a log of SQLite: its last frame tells of the pages that the database then has. */
function endsOfTransactions(log: Buffer): number[] {
  const frame = FRAME_HEADER + log.readUInt32BE(8);
  const count = Math.floor((log.length - WAL_HEADER) / frame);
  const frames = Array.from({ length: count }, (_, index) => WAL_HEADER + index * frame);
  const isNow = (at: number) => log.subarray(at + 8, at + 16).equals(log.subarray(16, 24));
  return frames.filter((at) => isNow(at) && log.readUInt32BE(at + 4) !== 0).map((at) => at + frame);
}

describe('npm run verify after damage to the table', function () {
  this.timeout(240_000);
  let folder: TemporaryFolder;
  let images: Uploaded[];
  /** By image, the key of its rendition. */
  const renditions = new Map<string, string>();
  /** Data of an npm start whose processes were killed, and of one that was stopped. */
  let killed: string;
  let stopped: string;

  before(async () => {
    folder = await createTemporaryFolder();
    [killed, stopped] = [join(folder.path, 'killed'), join(folder.path, 'stopped')];
    const begun = await startWithImages(killed, 10);
    images = begun.images;
    await killAll(begun.start);
    for (const [pk, { facts }] of (await recordsOf(killed)).renditions) {
      renditions.set(pk.slice('IMAGE#'.length), String((facts as { key: string }).key));
    }
    expect(renditions.size).to.equal(images.length - 1);
    await cp(killed, stopped, { recursive: true });
    const start = spawnStart('--port', '0', '--data', stopped, '--log', 'warn');
    await start.ready();
    await stopStart(start);
    // With its log, a database that is cut in half is whole.
    expect(await readdir(join(stopped, 'dynamodb'))).to.deep.equal(['table.db']);
  });
  after(() => folder?.remove());

  const copy = async (of: string, name: string): Promise<string> => {
    const data = join(folder.path, name);
    await cp(of, data, { recursive: true });
    return data;
  };

  /** What verify must say of a table that has lost what is not in it. */
  const expected = async (data: string): Promise<string[]> => {
    const known = await recordsOf(data);
    const lost = images.filter(({ imageId }) => !known.images.has(imageId));
    const lostRenditions = [...renditions].filter(
      ([imageId]) => !known.images.has(imageId) || !known.renditions.has(`IMAGE#${imageId}`),
    );
    return [...lost.map(({ key }) => `unrecorded ${key}`), ...lostRenditions.map(([, key]) => `unrecorded ${key}`)];
  };

  const adoptAll = async (data: string): Promise<void> => {
    const { findings, status, stderr } = await verifyData(data, '--adopt', '--remove-orphans');
    expect(findings.filter(({ done }) => !done).map(told), stderr).to.deep.equal([]);
    expect(status).to.equal(0);
    expect((await verifyData(data)).findings.map(told)).to.deep.equal([]);
  };

  const expectAllThere = async (data: string): Promise<void> => {
    const start = spawnStart('--port', '0', '--data', data, '--log', 'warn');
    const url = await start.ready();
    try {
      for (const { imageId, bytes } of images) {
        const { status, body } = await send(url, { path: `/v1/images/${imageId}/original` });
        expect([status, body.equals(bytes)], imageId).to.deep.equal([200, true]);
      }
      const { images: listed } = jsonOf(await send(url, { path: '/v1/images' }));
      expect(listed).to.have.length(images.length);
    } finally {
      await stopStart(start);
    }
  };

  it('finds nothing where all processes were killed, and SQLite has its log', async () => {
    const data = await copy(killed, 'untouched');
    expect((await stat(join(data, 'dynamodb/table.db-wal'))).size).to.be.above(10_000);
    const { status, findings, summary, stderr } = await verifyData(data);
    expect([status, findings]).to.deep.equal([0, []]);
    expect(stderr).to.match(/^The table was not closed: SQLite has recovered it from [\d.]+ [kM]B of its log\.\n/);
    expect((await verifyData(data)).stderr).to.equal('');
    expect(summary).to.include({ records: images.length + renditions.size, faults: 0 });
  });

  it('names exactly what half of the log has lost, and brings it back', async () => {
    const data = await copy(killed, 'half-log');
    await halve(join(data, 'dynamodb/table.db-wal'));
    const lost = await expected(data);
    const originals = lost.filter((line) => line.includes('originals/'));
    expect(originals.length).to.be.within(1, images.length - 1);
    const { status, findings } = await verifyData(data);
    expect(findings.map(told)).to.have.members(lost);
    expect(status).to.equal(1);
    await adoptAll(data);
    await expectAllThere(data);
  });

  it('names exactly what is lost wherever the log ends behind a whole transaction', async () => {
    const whole = await readFile(join(killed, 'dynamodb/table.db-wal'));
    const ends = endsOfTransactions(whole);
    expect(ends.length).to.be.above(images.length);
    for (const [index, end] of ends.entries()) {
      const data = await copy(killed, `cut-${index}`);
      await truncate(join(data, 'dynamodb/table.db-wal'), end);
      const lost = await expected(data);
      const told = (await verifyData(data, '--quick')).findings.filter(({ what }) => what === 'original');
      expect(
        told.map(({ key }) => `unrecorded ${key}`),
        `the log ends at ${end} of ${whole.length} bytes`,
      ).to.have.members(lost.filter((line) => line.includes('originals/')));
      await rm(data, { recursive: true });
    }
  });

  it('names exactly what a lost log has lost, and brings it back', async () => {
    const data = await copy(killed, 'no-log');
    await rm(join(data, 'dynamodb/table.db-wal'));
    const { findings } = await verifyData(data);
    const all = [...images.map(({ key }) => key), ...renditions.values()];
    expect(findings.map(told)).to.have.members(all.map((key) => `unrecorded ${key}`));
    await adoptAll(data);
    await expectAllThere(data);
  });

  it('says that half a database is damaged, and brings all back once it is moved away', async () => {
    const data = await copy(stopped, 'half-database');
    await halve(join(data, 'dynamodb/table.db'));
    const { status, findings, stderr } = await verifyData(data);
    expect([status, findings]).to.deep.equal([1, []]);
    expect(stderr).to.match(/^\S+table\.db is damaged[^\n]*npm run verify[^\n]*\n$/);
    await rename(join(data, 'dynamodb/table.db'), join(data, 'table.db-damaged'));
    expect((await verifyData(data)).summary).to.include({ faults: images.length + renditions.size });
    await adoptAll(data);
    await expectAllThere(data);
  });

  it('says that a database is damaged of which only its middle is', async () => {
    const data = await copy(stopped, 'middle');
    const path = join(data, 'dynamodb/table.db');
    const { size } = await stat(path);
    await using file = await open(path, 'r+');
    for (let at = 2 * 4096; at < size; at += 4096) await file.write(Buffer.alloc(200, 7), 0, 200, at);
    const { status, stderr } = await verifyData(data);
    expect(status).to.equal(1);
    expect(stderr).to.match(/\S+table\.db is damaged[^\n]*npm run verify -- --data \S+ --adopt [^\n]*\n$/);
  });

  it('names all that a deleted database has lost, makes none to look at it, and brings all back', async () => {
    const data = await copy(stopped, 'no-database');
    await rm(join(data, 'dynamodb'), { recursive: true });
    const { findings } = await verifyData(data);
    const all = [...images.map(({ key }) => key), ...renditions.values()];
    expect(findings.map(told)).to.have.members(all.map((key) => `unrecorded ${key}`));
    expect(await stat(join(data, 'dynamodb')).catch(({ code }) => code)).to.equal('ENOENT');
    await adoptAll(data);
    await expectAllThere(data);
  });

  it('says what a backup of the table from before some deletions tells of and is not there', async () => {
    const data = await copy(stopped, 'backup');
    const start = spawnStart('--port', '0', '--data', data, '--log', 'warn');
    const url = await start.ready();
    const [first, second] = images;
    for (const image of [first, second]) {
      expect((await send(url, { method: 'DELETE', path: `/v1/images/${image?.imageId}` })).status).to.equal(204);
    }
    expect((await verifyData(data)).findings, 'while npm start runs').to.deep.equal([]);
    await stopStart(start);
    expect((await verifyData(data)).findings, 'stopped').to.deep.equal([]);
    await cp(join(stopped, 'dynamodb'), join(data, 'dynamodb'), { recursive: true, force: true });
    const { findings, status } = await verifyData(data);
    expect(findings.map(told)).to.have.members(
      [first, second].flatMap((image) => [`lost ${image?.key}`, `expired ${renditions.get(String(image?.imageId))}`]),
    );
    expect(status).to.equal(1);
  });
});
