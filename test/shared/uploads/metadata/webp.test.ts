import { expect } from 'chai';
import sharp from 'sharp';
import { webpWith } from '../../../support/images/exif-bytes.ts';
import { MARK } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const SIZE = { width: 40, height: 30 };
const plain = await sharp({ create: { ...SIZE, channels: 3, background: '#a63' } })
  .webp()
  .toBuffer();
const file = webpWith(plain, SIZE, { EXIF: Buffer.from(MARK), 'XMP ': Buffer.from(`<x>${MARK}</x>`) });

/** With a number of 32 bits changed, which stands so many bytes behind the first place of a text. */
function changed(text: string, behind: number, more: number): Buffer {
  const made = Buffer.from(file);
  const at = made.indexOf(text) + behind;
  made.writeUInt32LE(made.readUInt32LE(at) + more, at);
  return made;
}

const REFUSED: Record<string, [file: Buffer, reason: string]> = {
  'whose pixels reach into another chunk': [changed('VP8 ', 4, 12), 'no chunk'],
  'of which a chunk is longer than the file says': [changed('XMP ', 4, 100), 'no chunk'],
  'that is longer than its chunks': [changed('RIFF', 4, 100), 'ends before'],
  'whose pixels do not begin like pixels': [changed('VP8 ', 11, 1), 'no pixels'],
};

describe('removing metadata of a WebP', () => {
  for (const [name, [damaged, reason]] of Object.entries(REFUSED)) {
    it(`refuses one ${name}`, async () => {
      const error = await rejectionOf(removeFrom(damaged));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes(reason);
    });
  }

  it('says no longer that it has XMP, and leaves EXIF without anything where it was none', async () => {
    const { out } = await removeFrom(file);
    const { exif, xmp } = await sharp(out).metadata();
    expect(xmp).to.equal(undefined);
    expect(exif?.subarray(-MARK.length).every((byte) => byte === 0)).to.equal(true);
  });
});
