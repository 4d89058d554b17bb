import { expect } from 'chai';
import sharp from 'sharp';
import { ascii, EXIF_SIGNATURE, exifOf, jpegWith } from '../../../support/images/exif-bytes.ts';
import { MARK, segment } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const START = Buffer.from('ffd8', 'hex');
const marked = Buffer.from(MARK);

const plain = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a63' } })
  .jpeg()
  .toBuffer();
const with_ = (...content: Buffer[]): Buffer => Buffer.concat([START, ...content, plain.subarray(2)]);

/** Files that cannot be gone through, and a word of the reason. */
const REFUSED: Record<string, [file: Buffer, reason: string]> = {
  'without an end, so that what follows the pixels looks like them': [
    Buffer.concat([plain.subarray(0, -2), marked]),
    'ends before',
  ],
  'that begins again within itself': [with_(START), 'second image'],
  'with a segment without a length': [with_(Buffer.from('ffe10001', 'hex')), 'no length'],
  'with a table that has swallowed something': [with_(segment(0xc4, marked)), 'segment C4'],
  'with a table of conditioning that is none': [with_(segment(0xcc, marked)), 'segment CC'],
  'with a marker that no decoder knows': [with_(segment(0x42, marked)), 'segment 42'],
  'with a scan before its frame, after which everything looks like pixels': [
    with_(segment(0xda, Buffer.from('0101003f00', 'hex'), Buffer.alloc(1)), marked),
    'of which no frame has told',
  ],
  'with two frames': [
    Buffer.concat([plain.subarray(0, -2), plain.subarray(plain.indexOf(Buffer.from('ffc0', 'hex')))]),
    'two frames',
  ],
  'with a table that has swallowed the end of the pixels': [
    Buffer.concat([plain.subarray(0, -2), segment(0xdb, Buffer.alloc(65, 1)), Buffer.from('ffd9', 'hex')]),
    'not there',
  ],
  'that ends within a segment': [plain.subarray(0, 100), 'ends before'],
};

describe('removing metadata of a JPEG', () => {
  for (const [name, [file, reason]] of Object.entries(REFUSED)) {
    it(`refuses one ${name}`, async () => {
      const error = await rejectionOf(removeFrom(file));
      expect(error).to.have.property('code', 'image_unreadable');
      expect(error).to.have.property('message').that.includes(reason).and.includes('Save it again');
    });
  }

  it('says nothing of one that has none, and changes nothing', async () => {
    const { out, removed } = await removeFrom(plain);
    expect(out.equals(plain)).to.equal(true);
    expect(removed).to.deep.equal([]);
  });

  it('erases what stands between segments, and keeps fill bytes', async () => {
    const file = with_(segment(0xe1), Buffer.from('0102ff00', 'hex'), marked, Buffer.from('ffff', 'hex'));
    const { out, removed } = await removeFrom(file);
    expect(out.subarray(6, 6 + 4 + marked.length).every((byte) => byte === 0)).to.equal(true);
    expect(out.toString('hex', 10 + marked.length, 12 + marked.length)).to.equal('ffff');
    expect(removed).to.deep.equal(['other']);
  });

  it('erases what stands behind a colour profile within its segment', async () => {
    const profiled = await sharp(plain).withMetadata({ icc: 'p3' }).jpeg().toBuffer();
    const at = profiled.indexOf('ICC_PROFILE') - 2;
    const length = profiled.readUInt16BE(at);
    const longer = Buffer.concat([profiled.subarray(0, at + length), marked, profiled.subarray(at + length)]);
    longer.writeUInt16BE(length + marked.length, at);
    const { out } = await removeFrom(longer);
    expect(out.includes(MARK)).to.equal(false);
    const { icc } = await sharp(profiled).metadata();
    expect(icc && (await sharp(out).metadata()).icc?.subarray(0, icc.length).equals(icc)).to.equal(true);
  });

  it('keeps no text that says that it is longer than it is, or lies in another', async () => {
    const texts = [ascii(0x010f, MARK), ascii(0x8298, 'mine')];
    const honest = exifOf({ ifd0: texts });
    const placeOf = (text: string) => honest.indexOf(text);
    const lying = [
      exifOf({
        ifd0: [
          { ...ascii(0x010f, MARK), offset: placeOf(MARK) },
          { ...ascii(0x8298, MARK), offset: placeOf(MARK) },
        ],
      }),
      exifOf({
        ifd0: [ascii(0x013b, 'Erika'), { ...ascii(0x013c, MARK) }].map((entry) =>
          entry.tag === 0x013b ? { ...entry, count: 40 } : entry,
        ),
      }),
    ];
    for (const exif of lying) {
      const { out } = await removeFrom(jpegWith(plain, EXIF_SIGNATURE, exif));
      expect(out.includes(MARK)).to.equal(false);
    }
  });
});
