import { randomUUID } from 'node:crypto';
import { mkdir, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { discardIncoming, openFileObjectStore } from '../../../../shared/storage/objects/file-object-store.ts';
import { eventually } from '../../../support/eventually.ts';
import { mostMemoryMore } from '../../../support/memory.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf, brokenBody, longBody, MiB } from '../../../support/storage/bodies.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';
import { describeMultipart } from './multipart.contract.ts';

describeMultipart('files', async () => {
  const folder = await createTemporaryFolder();
  const store = await openFileObjectStore(folder.path);
  return {
    store,
    lenient: await openFileObjectStore(folder.path, { minPartBytes: 1, durability: 'os' }),
    close: folder.remove,
  };
});

describe('file multipart uploads', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const filesIn = async (name: string) => readdir(join(folder.path, name), { recursive: true });

  it('leaves nothing but the object after a completion, and nothing after an abort', async () => {
    const store = await openFileObjectStore(folder.path);
    for (const end of ['completed', 'aborted'] as const) {
      const key = `originals/${randomUUID()}`;
      const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
      const part = { partNumber: 1, contentLength: 1 };
      const eTag = await store.uploadPart(upload, part, bodyOf(Buffer.from('x')));
      if (end === 'completed') await store.completeMultipartUpload(upload, [{ partNumber: 1, eTag }]);
      else await store.abortMultipartUpload(upload);
    }
    expect(await filesIn('uploads')).to.deep.equal([]);
    expect(await filesIn('incoming')).to.deep.equal([]);
    expect((await filesIn('objects')).filter((name) => /\d{5}-1$/.test(name))).to.have.length(1);
  });

  it('treats a part whose file was cut short as missing, and accepts it again', async () => {
    const store = await openFileObjectStore(folder.path, { minPartBytes: 1, durability: 'os' });
    const upload = {
      key: 'originals/a',
      storeUploadId: await store.createMultipartUpload('originals/a', { contentType: 'image/png' }),
    };
    const put = (partNumber: number) =>
      store.uploadPart(upload, { partNumber, contentLength: 5 }, bodyOf(Buffer.from('bytes')));
    const tags = [await put(1), await put(2)];
    const named = () => tags.map((eTag, index) => ({ partNumber: index + 1, eTag }));
    const [file] = (await filesIn('uploads')).filter((name) => name.endsWith('00002'));
    for (const left of [0, 1, 15]) {
      await truncate(join(folder.path, 'uploads', String(file)), left);
      const { parts } = await store.listParts(upload, { maxParts: 10, partNumberMarker: 0 });
      expect(parts.map(({ partNumber }) => partNumber)).to.deep.equal([1]);
      expect(await rejectionOf(store.completeMultipartUpload(upload, named()))).to.have.property(
        'code',
        'invalid_part',
      );
    }
    tags[1] = await put(2);
    await store.completeMultipartUpload(upload, named());
    expect(await filesIn('incoming')).to.deep.equal([]);
  });

  it('signs no part URLs', async () => {
    const store = await openFileObjectStore(folder.path);
    const upload = { key: 'originals/a', storeUploadId: 'x' };
    expect(await store.presignPart(upload, { partNumber: 1, contentLength: 1, expiresIn: 1 })).to.equal(undefined);
  });

  it('refuses keys that lie in the folder of the parts of another object', async () => {
    const store = await openFileObjectStore(folder.path);
    for (const key of ['originals/a.parts', 'originals/a.parts/00001', '../a']) {
      await rejectionOf(store.createMultipartUpload(key, { contentType: 'image/png' }));
      await rejectionOf(store.put(key, bodyOf(Buffer.from('x')), { contentType: 'image/png' }));
    }
    expect(await filesIn('uploads')).to.deep.equal([]);
  });

  it('keeps only whole parts when bodies fail, have a wrong length or come too late', async () => {
    const store = await openFileObjectStore(folder.path);
    const key = 'originals/a';
    const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
    const part = { partNumber: 1, contentLength: 4 };
    const broken = brokenBody(Buffer.from('pa'), (body) => void body.destroy(new Error('the sender is gone')));
    await rejectionOf(store.uploadPart(upload, part, broken));
    await rejectionOf(store.uploadPart(upload, part, bodyOf(Buffer.from('par'))));
    await rejectionOf(store.uploadPart(upload, part, bodyOf(Buffer.from('parts'))));
    await rejectionOf(store.completeMultipartUpload(upload, [{ partNumber: 1, eTag: 'a' }]));
    expect(await filesIn('incoming')).to.deep.equal([]);
    expect(await filesIn(join('uploads', `${encodeURIComponent(key)}.${upload.storeUploadId}`))).to.deep.equal([]);
    await store.abortMultipartUpload(upload);
    await rejectionOf(store.uploadPart(upload, part, bodyOf(Buffer.from('part'))));
    for (const name of ['incoming', 'uploads', 'objects']) expect(await filesIn(name)).to.deep.equal([]);
  });

  it('expires uploads by the time in their names, and nothing else', async () => {
    const store = await openFileObjectStore(folder.path);
    const begin = async (key: string) => {
      const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
      await store.uploadPart(upload, { partNumber: 1, contentLength: 1 }, bodyOf(Buffer.from('x')));
      return upload;
    };
    const old = [await begin('originals/a'), await begin('originals/b.c')];
    const past = Date.now();
    await eventually('the clock goes on', () => Date.now() > past);
    const cutOff = new Date();
    const young = await begin('originals/a');
    await mkdir(join(folder.path, 'uploads', 'of somebody else'));
    expect(await store.removeExpiredUploads(cutOff)).to.equal(2);
    for (const upload of old) {
      const error = await rejectionOf(store.listParts(upload, { maxParts: 1, partNumberMarker: 0 }));
      expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'upload_not_found');
    }
    expect((await store.listParts(young, { maxParts: 1, partNumberMarker: 0 })).parts).to.have.length(1);
    expect(await filesIn('uploads')).to.include('of somebody else');
    expect(await store.removeExpiredUploads(cutOff)).to.equal(0);
  });

  it('keeps parts when the store is opened again', async () => {
    const first = await openFileObjectStore(folder.path);
    const key = 'originals/a';
    const upload = { key, storeUploadId: await first.createMultipartUpload(key, { contentType: 'image/png' }) };
    const eTag = await first.uploadPart(upload, { partNumber: 1, contentLength: 1 }, bodyOf(Buffer.from('x')));
    await discardIncoming(folder.path);
    const second = await openFileObjectStore(folder.path);
    await second.completeMultipartUpload(upload, [{ partNumber: 1, eTag }]);
    expect(await buffer((await second.get(key)).body)).to.deep.equal(Buffer.from('x'));
  });

  it('accepts a part of 200 MiB with less than 40 MiB of memory', async () => {
    const store = await openFileObjectStore(folder.path);
    const key = 'originals/a';
    const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
    const contentLength = 200 * MiB;
    const body = longBody(contentLength);
    const more = await mostMemoryMore(['heapUsed', 'arrayBuffers'], () =>
      store.uploadPart(upload, { partNumber: 1, contentLength }, body),
    );
    expect(more / MiB, 'MiB more than before').to.be.below(40);
  }).timeout(60_000);
});
