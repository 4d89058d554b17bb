import { expect } from 'chai';
import fc from 'fast-check';
import { openReader } from '../../../../shared/uploads/metadata/random-access.ts';
import { planTiff } from '../../../../shared/uploads/metadata/tiff.ts';
import { openWork } from '../../../../shared/uploads/metadata/work.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const KiB = 1024;
const MiB = KiB * KiB;

/** A file in memory, and what was read of it. */
function counted(file: Buffer, size = file.length) {
  const taken = { reads: 0, bytes: 0, largest: 0 };
  const read = async (offset: number, length: number) => {
    taken.reads += 1;
    taken.bytes += length;
    taken.largest = Math.max(taken.largest, length);
    return file.subarray(offset, offset + length);
  };
  return { size, read, taken };
}

/** A file in which every four bytes say where they are. */
function numbered(size: number): Buffer {
  const file = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) file.writeUInt32LE(at, at);
  return file;
}

const ENTRIES = [
  [256, 10],
  [257, 10],
] as const;
const DIRECTORY_BYTES = 2 + 12 * ENTRIES.length + 4;

/** A TIFF of nothing but directories, which follow each other in the order of their places. */
function directoriesAt(size: number, places: readonly number[]): Buffer {
  const file = Buffer.alloc(size);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(places[0] ?? 0, 4);
  for (const [index, place] of places.entries()) {
    file.writeUInt16LE(ENTRIES.length, place);
    for (const [each, [tag, value]] of ENTRIES.entries()) {
      const at = place + 2 + 12 * each;
      file.writeUInt16LE(tag, at);
      file.writeUInt16LE(3, at + 2);
      file.writeUInt32LE(1, at + 4);
      file.writeUInt32LE(value, at + 8);
    }
    file.writeUInt32LE(places[index + 1] ?? 0, place + DIRECTORY_BYTES - 4);
  }
  return file;
}

/** So many places all over a file, of which each is far from the one before it. */
const scattered = (size: number, count: number, apart: number): number[] =>
  Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / apart);
    return 16 + (index % apart) * Math.floor((size - 64) / apart) + row * 32;
  });

describe('reading parts of a file', () => {
  it('gives the bytes of each place, whatever was read before', async () => {
    const file = numbered(6 * MiB + 4);
    const place = fc.tuple(
      fc.nat(file.length - 1),
      fc.oneof(fc.integer({ min: 0, max: 64 }), fc.nat(600 * KiB), fc.nat(6 * MiB)),
    );
    const property = fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 20 }), async (places) => {
      const read = openReader(counted(file), openWork());
      for (const [offset, wanted] of places) {
        const length = Math.min(wanted, file.length - offset);
        expect((await read(offset, length)).equals(file.subarray(offset, offset + length))).to.equal(true);
      }
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('reads a small file once, wherever its parts are', async () => {
    for (const size of [700_000, 4 * MiB]) {
      const file = counted(directoriesAt(size, scattered(size, 1900, 16)));
      await planTiff(file);
      expect(file.taken.reads).to.be.at.most(16);
      expect(file.taken.bytes).to.be.at.most(size);
    }
  });

  it('reads a large file with parts in a few places hardly more often than it has such places', async () => {
    const size = 64 * MiB;
    const file = counted(directoriesAt(size, scattered(size, 1900, 10)));
    await planTiff(file);
    expect(file.taken.reads).to.be.at.most(20);
  });

  it('refuses a file whose parts are all over it, before that takes more than to read it a few times', async () => {
    for (const [size, apart] of [
      [5 * MiB, 20],
      [16 * MiB, 60],
      [40 * MiB, 150],
    ] as const) {
      const file = counted(directoriesAt(size, scattered(size, 1900, apart)));
      const error = await rejectionOf(planTiff(file));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes('scattered');
      expect(file.taken.bytes).to.be.at.most(4 * size + 16 * MiB);
    }
  });

  it('takes pages that lie one after the other, each with its directory', async () => {
    const size = 600 * MiB;
    const each = 300 * KiB;
    const places = Array.from({ length: 1900 }, (_, index) => 16 + index * each);
    const file = counted(directoriesAt(size, places));
    await planTiff(file);
    expect(file.taken.reads).to.be.at.most(2 * places.length);
  });
});
