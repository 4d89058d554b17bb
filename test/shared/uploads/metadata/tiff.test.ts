import { expect } from 'chai';
import sharp from 'sharp';
import { planTiff } from '../../../../shared/uploads/metadata/tiff.ts';
import { MARK } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';
import { type TiffEntry, withEntries } from '../../../support/images/tiff-entries.ts';
import { tiffFrom } from '../../../support/images/tiled-tiff.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const plain = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a63' } })
  .tiff({ compression: 'none' })
  .toBuffer();
const marked = Buffer.from(`<${MARK}>`);

/** Where the only value of a tag in the first directory is, and that value. */
function place(tiff: Buffer, tag: number): { at: number; value: number } {
  const start = tiff.readUInt32LE(4);
  for (let at = start + 2; at < start + 2 + 12 * tiff.readUInt16LE(start); at += 12)
    if (tiff.readUInt16LE(at) === tag) return { at: at + 8, value: tiff.readUInt32LE(at + 8) };
  throw new Error(`The TIFF has no tag ${tag}.`);
}

/** With the value of a tag, of which there is one, changed. */
function with_(tiff: Buffer, tag: number, value: number): Buffer {
  const made = Buffer.from(tiff);
  made.writeUInt32LE(value, place(tiff, tag).at);
  return made;
}

const longs = (tag: number, ...values: number[]): TiffEntry => {
  const value = Buffer.alloc(4 * values.length);
  for (const [index, each] of values.entries()) value.writeUInt32LE(each, 4 * index);
  return { tag, type: 4, count: values.length, value };
};

const xmp = withEntries(plain, [{ tag: 700, type: 1, count: marked.length, value: marked }]);
const STRIP_BYTES = 279;

/** The first directory with its place as the next one. */
function looped(tiff: Buffer): Buffer {
  const made = Buffer.from(tiff);
  const start = made.readUInt32LE(4);
  made.writeUInt32LE(start, start + 2 + 12 * made.readUInt16LE(start));
  return made;
}

const REFUSED: Record<string, [file: Buffer, reason: string]> = {
  'whose strips reach into what is to be removed': [
    with_(xmp, STRIP_BYTES, xmp.indexOf(marked) + 4),
    'also a part of something else',
  ],
  'whose strips lie outside the file': [with_(plain, STRIP_BYTES, plain.length), 'outside the file'],
  'whose directories never end': [looped(plain), 'referred to twice'],
  'whose directory is cut': [withEntries(plain, []).subarray(0, -8), 'ends before'],
  'with JPEG as TIFF 6.0 has it': [with_(plain, 259, 6), '1992'],
};

describe('removing metadata of a TIFF', () => {
  for (const [name, [file, reason]] of Object.entries(REFUSED)) {
    it(`refuses one ${name}`, async () => {
      const error = await rejectionOf(removeFrom(file));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes(reason);
    });
  }

  it('keeps the directories below the first, and the colour space of EXIF', async () => {
    const below = Buffer.alloc(18);
    below.writeUInt16LE(1);
    below.set([0x01, 0xa0, 3, 0, 1, 0, 0, 0, 1, 0], 2);
    const exifAt = plain.length + (plain.length % 2);
    const even = Buffer.concat([
      plain,
      Buffer.alloc(plain.length % 2),
      below,
      withoutHeader(plain, exifAt + below.length),
    ]);
    const file = withEntries(even, [longs(330, exifAt + below.length), longs(34665, exifAt)]);
    const { out } = await removeFrom(file);
    expect(place(out, 34665).value).to.equal(exifAt);
    expect(out.subarray(exifAt, exifAt + below.length).equals(below)).to.equal(true);
    expect(place(out, 330).value).to.equal(exifAt + below.length);
    expect((await sharp(out, { subifd: 0 }).metadata()).width).to.equal(40);
  });

  it('erases what no directory names', async () => {
    const hidden = Buffer.concat([plain, marked]);
    const { out, removed } = await removeFrom(withEntries(hidden, []));
    expect(out.includes(MARK)).to.equal(false);
    expect(removed).to.deep.equal(['other']);
  });

  it('reads little of a file, however many tiles it has', async () => {
    const file = tiffFrom({ size: [4096, 4096], tile: [16, 16] });
    let read = 0;
    const patches = await planTiff({
      size: 5 * 1024 ** 3,
      read: async (offset, length) => {
        read += 1;
        return Buffer.concat([
          file.subarray(offset, offset + length),
          Buffer.alloc(Math.max(0, length - file.length + offset)),
        ]);
      },
    });
    expect(read).to.be.below(10);
    expect(patches.at(-1)).to.deep.include({ end: 5 * 1024 ** 3 });
  });
});

/** The first directory of a TIFF for a place in another file, in which the strips are the same. */
function withoutHeader(tiff: Buffer, at: number): Buffer {
  const start = tiff.readUInt32LE(4);
  const count = tiff.readUInt16LE(start);
  const directory = Buffer.from(tiff.subarray(start, start + 2 + 12 * count + 4));
  directory.writeUInt32LE(0, 2 + 12 * count);
  if (at % 2 !== 0) throw new Error('A directory begins at an even offset.');
  return directory;
}
