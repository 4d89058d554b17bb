import { expect } from 'chai';
import sharp from 'sharp';
import { avifFrom, box, tileOf, word } from '../../../support/images/avif-files.ts';
import { exifOf, xmpOf } from '../../../support/images/heic-files.ts';
import { filmOf } from '../../../support/images/heif-tracks.ts';
import { MARK, personalExif } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const marked = Buffer.from(MARK);
const tile = await tileOf([16, 16]);
const plain = avifFrom([tile]);
const withExif = avifFrom([exifOf(2, personalExif()), tile]);

/** With a number of 32 bits changed, which stands so many bytes behind the first place of a text. */
function changed(file: Buffer, text: string, behind: number, change: (value: number) => number): Buffer {
  const made = Buffer.from(file);
  const at = made.indexOf(text) + behind;
  made.writeUInt32BE(change(made.readUInt32BE(at)), at);
  return made;
}

/** Where `iloc` tells the length of the last of two items of one extent each. */
const LAST_LENGTH = 4 + 4 + 2 + 4 + 18 + 14;

const REFUSED: Record<string, [file: Buffer, reason: string]> = {
  'of which a picture lies outside the file': [changed(withExif, 'iloc', LAST_LENGTH, () => 1e6), 'outside the file'],
  'of which EXIF reaches into a picture': [
    changed(withExif, 'iloc', LAST_LENGTH - 18, (length) => length + 9),
    'also a part',
  ],
  'of which an item does not say how long it is': [changed(withExif, 'iloc', LAST_LENGTH, () => 0), 'how long it is'],
  'of which a box is longer than the one that it is in': [changed(withExif, 'pitm', -4, () => 4000), 'damaged'],
  'of fragments': [Buffer.concat([plain, box('moof', marked)]), 'moof'],
  'that says twice where its pictures are': [Buffer.concat([plain, plain.subarray(plain.indexOf('meta') - 4)]), 'meta'],
  'that does not say where its pictures are': [
    Buffer.concat([plain.subarray(0, plain.indexOf('meta') - 4), box('mdat', marked)]),
    'where its pictures are',
  ],
  'with two boxes of data': [
    avifFrom([tile], { moreMeta: Buffer.concat([box('idat'), box('idat')]) }),
    'idat is there',
  ],
  'of which many items have the same long EXIF': [
    avifFrom([...Array(17).fill(exifOf(18, Buffer.concat([personalExif(), Buffer.alloc(4_000_000)]))), tile]),
    'its descriptions have more than',
  ],
  'that is cut': [plain.subarray(0, plain.indexOf('mdat') - 8), 'ends before'],
};

describe('removing metadata of an AVIF or a HEIC', () => {
  for (const [name, [file, reason]] of Object.entries(REFUSED)) {
    it(`refuses one ${name}`, async () => {
      const error = await rejectionOf(removeFrom(file, { format: 'avif' }));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes(reason);
    });
  }

  it('leaves EXIF that readers understand, and no XMP', async () => {
    const { out } = await removeFrom(avifFrom([exifOf(3, personalExif()), xmpOf(3, `<x>${MARK}</x>`), tile]));
    const { exif, xmp, width } = await sharp(out).metadata();
    expect(exif?.includes('Erika Muster')).to.equal(true);
    expect({ xmp, width }).to.deep.equal({ xmp: undefined, width: 16 });
  });

  it('erases names of items and of handlers, descriptions, and what no picture has', async () => {
    const described = { ...tile, properties: [box('udes', Buffer.alloc(4), marked)] };
    const unnamed = avifFrom([{ ...described, content: `${MARK}\0` }]);
    const file = Buffer.concat([
      unnamed.subarray(0, -4096 - 8),
      box('mdat', marked),
      box('uuid', Buffer.alloc(16), marked),
    ]);
    const { out } = await removeFrom(file);
    expect(file.toString('latin1').split(MARK)).to.have.lengthOf(5);
    expect(out.includes(MARK)).to.equal(false);
    const behind = box('free', Buffer.alloc(4096));
    const [before, after] = await Promise.all(
      [file, out].map((each) =>
        sharp(Buffer.concat([each, behind]))
          .raw()
          .toBuffer(),
      ),
    );
    expect(before && after?.equals(before)).to.equal(true);
  });

  it('keeps the samples of pictures in a film, and erases sound, texts and times', async () => {
    const head = box('ftyp', Buffer.from('avis\0\0\0\0avisavif'));
    const sample = (text: string) => Buffer.from(text.padEnd(40, '.'));
    const data = box('mdat', sample('one'), sample('two'), sample(`sound ${MARK}`));
    const at = head.length + 8;
    const tracks = [
      { handler: 'pict', at, lengths: [40, 40] },
      { handler: 'soun', at: at + 80, lengths: [40] },
    ];
    const file = Buffer.concat([head, data, filmOf(tracks, MARK)]);
    const { out, removed } = await removeFrom(file);
    expect(out.includes(MARK)).to.equal(false);
    expect(out.includes(word(0xd4c3b2a1))).to.equal(false);
    expect(out.subarray(0, at + 80).equals(file.subarray(0, at + 80))).to.equal(true);
    expect(out.toString('latin1').split('trak')).to.have.lengthOf(2);
    expect(removed).to.deep.equal(['other']);
  });
});
