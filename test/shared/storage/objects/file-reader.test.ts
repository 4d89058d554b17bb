import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import fc from 'fast-check';
import { FileReader } from '../../../../shared/storage/objects/file-reader.ts';
import { openFilesOf } from '../../../support/processes.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/storage/temporary-folder.ts';

const BYTES = randomBytes(300_000);

describe('FileReader', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    path = join(folder.path, 'file');
    await writeFile(path, BYTES);
  });
  afterEach(() => folder.remove());

  const opened = () => Object.values(openFilesOf(process.pid)).filter((file) => file.startsWith(folder.path));

  it('reads pieces of files one after the other, whatever their sizes and the size of a read', async () => {
    const piece = fc.record({ start: fc.nat(BYTES.length), length: fc.nat(200_000) }).map(({ start, length }) => ({
      start,
      length: Math.min(length, BYTES.length - start),
    }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 5 }),
        fc.integer({ min: 1000, max: 100_000 }),
        async (pieces, at) => {
          const reader = new FileReader(
            pieces.map((each) => ({ path, ...each })),
            { highWaterMark: at },
          );
          const wanted = Buffer.concat(pieces.map(({ start, length }) => BYTES.subarray(start, start + length)));
          expect((await buffer(reader)).equals(wanted)).to.equal(true);
        },
      ),
      { numRuns: 50 },
    );
    expect(opened()).to.deep.equal([]);
  });

  it('fails when a file has become shorter, and closes it', async () => {
    for (const left of [0, 1, 200_000, BYTES.length - 1]) {
      await writeFile(path, BYTES);
      const reader = new FileReader([{ path, start: 0, length: BYTES.length }], { highWaterMark: 64 * 1024 });
      await once(reader, 'readable');
      await truncate(path, left);
      expect(await rejectionOf(buffer(reader))).to.have.property('code', 'object_damaged');
      expect(opened()).to.deep.equal([]);
    }
  });

  it('closes its file when it is destroyed before, while or after the file is opened', async () => {
    for (let turns = 0; turns < 50; turns += 1) {
      const reader = new FileReader([{ path, start: 0, length: BYTES.length }], { highWaterMark: 1000 });
      reader.resume();
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      reader.destroy();
      if (!reader.closed) await once(reader, 'close');
      expect(opened(), `after ${turns} turns`).to.deep.equal([]);
    }
  });
});
