import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import type { NamedPart } from '../../../../shared/domain/multipart-upload.ts';
import { openFileObjectStore } from '../../../../shared/storage/objects/file-object-store.ts';
import type { ObjectStore, UploadName } from '../../../../shared/storage/objects/object-store.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { bodyOf } from '../../../support/storage/bodies.ts';
import type { StoreOrder } from '../../../support/storage/store-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

describe('file multipart uploads when the process is killed', () => {
  const COUNT = 400;
  const WHOLE = Buffer.from('part'.repeat(COUNT));
  let folder: TemporaryFolder;
  let store: ObjectStore;
  let child: ChildProcess;

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    store = await openFileObjectStore(folder.path, { minPartBytes: 1 });
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await folder.remove();
  });

  async function uploaded(): Promise<{ upload: UploadName; parts: NamedPart[] }> {
    const key = `originals/${randomUUID()}`;
    const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
    const parts = Array.from({ length: COUNT }, async (_, index) => {
      const part = { partNumber: index + 1, contentLength: 4 };
      return { ...part, eTag: await store.uploadPart(upload, part, bodyOf(Buffer.from('part'))) };
    });
    return { upload, parts: await Promise.all(parts) };
  }

  /** Opens an object; undefined if there is none. */
  async function open(key: string) {
    try {
      return await store.get(key);
    } catch (error) {
      expect(error).to.be.instanceOf(ImageServiceError).with.property('code', 'object_missing');
      return undefined;
    }
  }

  async function read(key: string): Promise<Buffer | undefined> {
    const found = await open(key);
    return found && buffer(found.body);
  }

  async function lengthOf(key: string): Promise<number | undefined> {
    const found = await open(key);
    found?.body.destroy();
    return found?.contentLength;
  }

  /** Looks without a pause until an object is of another length, and answers that. */
  async function changeOf(key: string, before: number | undefined): Promise<number | undefined> {
    while (child.exitCode === null && child.signalCode === null) {
      const length = await lengthOf(key);
      if (length !== before) return length;
    }
    throw new Error('the process has ended');
  }

  async function expectAllPartsOrNone(upload: UploadName): Promise<void> {
    const page = await store.listParts(upload, { maxParts: COUNT + 1, partNumberMarker: 0 }).catch((error) => error);
    if (!(page instanceof Error)) expect(page.parts).to.have.length(COUNT);
    else expect(page).to.be.instanceOf(ImageServiceError).with.property('code', 'upload_not_found');
  }

  it('leaves the upload or the whole object when killed during a completion', async () => {
    for (let kill = 0; kill < 10; kill += 1) {
      const { upload, parts } = await uploaded();
      await startProcess({ verb: 'completeMultipartUpload', args: [upload, parts] });
      await sleep(kill * 8);
      await killNow();
      const found = await read(upload.key);
      if (!found) await store.completeMultipartUpload(upload, parts);
      expect((found ?? (await read(upload.key)))?.equals(WHOLE)).to.equal(true);
    }
  }).timeout(60_000);

  it('leaves all parts or none when killed after the object was made, and refuses to complete again', async () => {
    for (let kill = 0; kill < 5; kill += 1) {
      const { upload, parts } = await uploaded();
      await startProcess({ verb: 'completeMultipartUpload', args: [upload, parts] });
      expect(await changeOf(upload.key, undefined)).to.equal(WHOLE.length);
      await killNow();
      await expectAllPartsOrNone(upload);
      expect(await rejectionOf(store.completeMultipartUpload(upload, parts)))
        .to.be.instanceOf(ImageServiceError)
        .with.property('code', 'upload_not_found');
      expect((await read(upload.key))?.equals(WHOLE)).to.equal(true);
    }
  }).timeout(60_000);

  it('leaves the object whole or gone when killed during its deletion', async () => {
    for (let kill = 0; kill < 5; kill += 1) {
      const { upload, parts } = await uploaded();
      await store.completeMultipartUpload(upload, parts);
      await startProcess({ verb: 'delete', args: [upload.key] });
      expect(await changeOf(upload.key, WHOLE.length)).to.equal(undefined);
      await killNow();
      expect(await lengthOf(upload.key)).to.equal(undefined);
      await store.delete(upload.key);
    }
  }).timeout(60_000);

  async function startProcess(order: StoreOrder): Promise<void> {
    child = fork(fileURLToPath(new URL('../../../support/storage/store-process.ts', import.meta.url)), [folder.path]);
    await once(child, 'message');
    child.send(order);
  }

  async function killNow(): Promise<void> {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});
