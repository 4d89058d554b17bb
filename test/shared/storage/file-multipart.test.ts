import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import type { NamedPart } from '../../../shared/domain/multipart-upload.ts';
import { openFileObjectStore } from '../../../shared/storage/file-object-store.ts';
import { bodyOf } from '../../support/bodies.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { describeMultipart } from './multipart.contract.ts';

describeMultipart('files', async () => {
  const folder = await createTemporaryFolder();
  const store = await openFileObjectStore(folder.path);
  return { store, lenient: await openFileObjectStore(folder.path, { minPartBytes: 1 }), close: folder.remove };
});

describe('multipart uploads in files', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const filesIn = async (name: string) => readdir(join(folder.path, name), { recursive: true });

  it('leave nothing but the object when they are completed, and nothing at all when they are aborted', async () => {
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

  it('have no URL of their own for a part', async () => {
    const store = await openFileObjectStore(folder.path);
    const upload = { key: 'originals/a', storeUploadId: 'x' };
    expect(await store.presignPart(upload, { partNumber: 1, contentLength: 1, expiresIn: 1 })).to.equal(undefined);
  });

  it('refuse keys in which parts of others lie', async () => {
    const store = await openFileObjectStore(folder.path);
    for (const key of ['originals/a.parts', 'originals/a.parts/00001', '../a']) {
      await rejectionOf(store.createMultipartUpload(key, { contentType: 'image/png' }));
      await rejectionOf(store.put(key, bodyOf(Buffer.from('x')), { contentType: 'image/png' }));
    }
    expect(await filesIn('uploads')).to.deep.equal([]);
  });

  it('are either still there or an object, whole, when the process is killed while it completes them', async () => {
    const store = await openFileObjectStore(folder.path, { minPartBytes: 1 });
    const count = 120;
    const outcomes: string[] = [];
    for (let kill = 0; kill < 10; kill += 1) {
      const key = `originals/${randomUUID()}`;
      const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
      const parts: NamedPart[] = [];
      for (let partNumber = 1; partNumber <= count; partNumber += 1) {
        const eTag = await store.uploadPart(upload, { partNumber, contentLength: 4 }, bodyOf(Buffer.from('part')));
        parts.push({ partNumber, eTag });
      }
      const child = fork(fileURLToPath(new URL('../../support/completing-process.ts', import.meta.url)), [folder.path]);
      await once(child, 'message');
      child.send({ upload, parts });
      await killAfter(child, kill * 6);
      outcomes.push(await outcomeOf(upload, parts));
    }
    for (const outcome of outcomes) expect(outcome).to.be.oneOf(['object', 'upload']);

    async function outcomeOf(upload: { key: string; storeUploadId: string }, parts: NamedPart[]): Promise<string> {
      const found = await store.get(upload.key).catch((error: unknown) => error as ImageServiceError);
      if (found instanceof Error) {
        expect(found).to.be.instanceOf(ImageServiceError).with.property('code', 'object_missing');
        await store.completeMultipartUpload(upload, parts);
        return (await isWhole(upload.key)) ? 'upload' : 'half an object';
      }
      found.body.destroy();
      return (await isWhole(upload.key)) ? 'object' : 'half an object';
    }

    async function isWhole(key: string): Promise<boolean> {
      return (await buffer((await store.get(key)).body)).equals(Buffer.from('part'.repeat(count)));
    }
  }).timeout(60_000);
});

async function killAfter(child: ChildProcess, milliseconds: number): Promise<void> {
  const ended = once(child, 'exit');
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await ended;
}
