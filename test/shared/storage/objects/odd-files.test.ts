import { once } from 'node:events';
import { mkdir, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { openFileObjectStore } from '../../../../shared/storage/objects/file-object-store.ts';
import type { ObjectStore } from '../../../../shared/storage/objects/object-store.ts';
import { openFilesOf } from '../../../support/processes.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf } from '../../../support/storage/bodies.ts';
import { hasFifos, makeFifo } from '../../../support/storage/fifos.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const KEY = 'originals/a';
const OPTIONS = { contentType: 'image/png' };
const LONGEST_NAME = 255;

/** What may stand where a file belongs, and answers no bytes. */
const ODD: [what: string, place: (path: string) => unknown][] = [
  ...(hasFifos ? [['a FIFO', makeFifo] as [string, typeof makeFifo]] : []),
  ['a folder', (path) => mkdir(path)],
  ['a link to itself', (path) => symlink(path, path)],
  ['a link to nothing', (path) => symlink('nothing', path)],
  ['a link to a folder', (path) => symlink('.', path)],
  ['a link through a file', (path) => symlink('well/file', path)],
];

describe('file object store with something else in place of a file', () => {
  let folder: TemporaryFolder;
  let store: ObjectStore;
  let target: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    store = await openFileObjectStore(folder.path, { minPartBytes: 1 });
    target = join(folder.path, 'target');
    await store.put('originals/well', bodyOf(Buffer.from('well')), OPTIONS);
  });
  afterEach(() => folder.remove());

  const pathOf = (key: string) => join(folder.path, 'objects', key);
  const listed = async (prefix = 'originals/') => {
    const keys = [];
    for await (const { key } of store.list(prefix)) keys.push(key);
    return keys;
  };
  const read = async (key: string) => String(await buffer((await store.get(key)).body));
  const copy = (key: string, contentLength: number) =>
    store.copyTo(key, target, { contentLength, signal: new AbortController().signal });

  /** As every verb refuses an object that is not there, many at once: a thread that waits for a writer is one of four. */
  async function expectMissing(key: string, code = 'object_missing'): Promise<void> {
    const refusals = await Promise.all([
      ...Array.from({ length: 8 }, () => rejectionOf(store.get(key))),
      ...[store.head(key), store.digest(key), copy(key, 5)].map(rejectionOf),
    ]);
    for (const error of refusals) expect(error).to.have.property('code', code);
    expect(await read('originals/well')).to.equal('well');
    expect(Object.values(openFilesOf(process.pid)).filter((file) => file.startsWith(folder.path))).to.deep.equal([]);
    expect(await readdir(folder.path)).to.not.include('target');
  }

  for (const [what, place] of ODD) {
    it(`answers object_missing at once, and lists the other objects, for ${what}`, async () => {
      await place(pathOf(KEY));
      await expectMissing(KEY);
      expect(await listed()).to.include('originals/well');
    });

    it(`answers object_damaged when a part of the object is ${what}`, async () => {
      await mkdir(pathOf(`${KEY}.parts`), { recursive: true });
      await place(join(pathOf(`${KEY}.parts`), '00001-5'));
      const isThere = await stat(join(pathOf(`${KEY}.parts`), '00001-5')).then(
        () => true,
        () => false,
      );
      await expectMissing(KEY, isThere ? 'object_damaged' : 'object_missing');
    });

    it(`treats a part of an upload as missing that is ${what}`, async () => {
      const upload = { key: KEY, storeUploadId: await store.createMultipartUpload(KEY, OPTIONS) };
      const eTag = await store.uploadPart(upload, { partNumber: 1, contentLength: 4 }, bodyOf(Buffer.from('part')));
      await place(join(folder.path, 'uploads', `originals%2Fa.${upload.storeUploadId}`, '00002'));
      const { parts } = await store.listParts(upload, { maxParts: 10, partNumberMarker: 0 });
      expect(parts.map(({ partNumber }) => partNumber)).to.deep.equal([1]);
      await store.completeMultipartUpload(upload, [{ partNumber: 1, eTag }]);
      expect(await read(KEY)).to.equal('part');
    });

    if (/folder/.test(what)) continue;
    it(`finds no objects when in place of the folder is ${what}`, async () => {
      await mkdir(pathOf('renditions'));
      await place(pathOf('renditions/a'));
      await expectMissing('renditions/a/b');
      await store.delete('renditions/a/b');
      await store.deletePrefix('renditions/a/');
      expect(await listed('renditions/')).to.not.include('renditions/a/b');
    });
  }

  it('answers object_missing for a socket', async () => {
    const server = createServer().listen(pathOf(KEY));
    await once(server, 'listening');
    await expectMissing(KEY);
    server.close();
    await once(server, 'close');
  });

  it('accepts names of the greatest length, with and without room for the suffix of the parts', async () => {
    for (const length of [LONGEST_NAME, LONGEST_NAME - '.parts'.length + 1, LONGEST_NAME - '.parts'.length]) {
      const key = `originals/${'n'.repeat(length)}`;
      await store.put(key, bodyOf(Buffer.from('long')), OPTIONS);
      expect(await read(key)).to.equal('long');
      expect(await listed()).to.deep.equal([key, 'originals/well']);
      await store.delete(key);
      await expectMissing(key);
      if (hasFifos) makeFifo(pathOf(key));
      expect(await listed()).to.include('originals/well');
      await rm(pathOf(key), { force: true });
    }
    await expectMissing(`originals/${'n'.repeat(LONGEST_NAME + 1)}`);
    await store.delete(`originals/${'n'.repeat(LONGEST_NAME + 1)}`);
  });

  it('lists uploads beside folders with names that it never gives', async () => {
    const storeUploadId = await store.createMultipartUpload(KEY, OPTIONS);
    for (const name of ['%zz', '%', '%61', 'a b', '%ff'])
      await mkdir(join(folder.path, 'uploads', `${name}.${storeUploadId}`));
    const uploads = [];
    for await (const { key } of store.listUploads()) uploads.push(key);
    expect(uploads).to.deep.equal([KEY]);
  });

  it('finds no upload when in place of its folder is a file', async () => {
    const upload = { key: KEY, storeUploadId: await store.createMultipartUpload(KEY, OPTIONS) };
    const path = join(folder.path, 'uploads', `originals%2Fa.${upload.storeUploadId}`);
    await rm(path, { recursive: true });
    await writeFile(path, 'a file');
    const listing = store.listParts(upload, { maxParts: 10, partNumberMarker: 0 });
    expect(await rejectionOf(listing)).to.have.property('code', 'upload_not_found');
    await store.abortMultipartUpload(upload);
    expect(await readdir(dirname(path))).to.deep.equal([]);
  });

  it('follows links to files and folders, and deletes through them', async () => {
    await mkdir(join(folder.path, 'elsewhere'));
    await writeFile(join(folder.path, 'elsewhere', 'b'), 'bytes');
    await mkdir(pathOf('renditions'));
    await symlink('../../elsewhere', pathOf('renditions/a'));
    await symlink('../../elsewhere/b', pathOf(KEY));
    for (const key of ['renditions/a/b', KEY]) {
      expect(await read(key)).to.equal('bytes');
      expect((await store.digest(key)).contentLength).to.equal(5);
      await copy(key, 5);
      await truncate(target, 5);
      await rm(target);
    }
    await store.delete('renditions/a/b');
    expect(await readdir(join(folder.path, 'elsewhere'))).to.deep.equal([]);
    await expectMissing('renditions/a/b');
  });
});
