import { randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openWindow } from '../../../../containers/worker/pipeline/formats/file-window.ts';
import { openFileObjectStore } from '../../../../shared/storage/objects/file-object-store.ts';
import { readFully } from '../../../../shared/storage/objects/read-fully.ts';
import { bodyOf } from '../../../support/storage/bodies.ts';
import { withShortReads } from '../../../support/storage/short-reads.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const BYTES = randomBytes(1000);

describe('readFully with short reads', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    path = join(folder.path, 'file');
    await writeFile(path, BYTES);
  });
  afterEach(() => folder.remove());

  it('fills the buffer up to the end of the file', async () => {
    await withShortReads(path, async () => {
      await using file = await open(path);
      for (const [start, length] of [
        [0, 1000],
        [10, 7],
        [990, 10],
        [990, 50],
        [1000, 5],
      ] as const) {
        const buffer = Buffer.alloc(length);
        const filled = await readFully(file, buffer, start);
        expect(buffer.subarray(0, filled)).to.deep.equal(BYTES.subarray(start, start + length));
      }
    });
  });

  it('does not change the ETag of a part', async () => {
    const store = await openFileObjectStore(join(folder.path, 'store'));
    const key = 'originals/a';
    const upload = { key, storeUploadId: await store.createMultipartUpload(key, { contentType: 'image/png' }) };
    const eTag = await store.uploadPart(upload, { partNumber: 1, contentLength: 1000 }, bodyOf(BYTES));
    await withShortReads(path, async () => {
      const { parts } = await store.listParts(upload, { maxParts: 10, partNumberMarker: 0 });
      expect(parts).to.have.length(1).and.have.nested.property('[0].eTag', eTag);
      await store.completeMultipartUpload(upload, [{ partNumber: 1, eTag }]);
    });
  });

  it('does not hide from the worker what a file contains', async () => {
    await withShortReads(path, async () => {
      await using file = await open(path);
      const window = openWindow(file, BYTES.length, 200);
      expect(await window.bytes(700, 200)).to.deep.equal(BYTES.subarray(700, 900));
      expect(await window.copy(100, 300)).to.deep.equal(BYTES.subarray(100, 400));
    });
  });
});
