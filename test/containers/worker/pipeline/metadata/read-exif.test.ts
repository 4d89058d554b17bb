import { expect } from 'chai';
import fc from 'fast-check';
import { readCopyright } from '../../../../../containers/worker/pipeline/metadata/copyright.ts';
import { keptMetadata } from '../../../../../containers/worker/pipeline/metadata/kept-metadata.ts';
import { readExif } from '../../../../../containers/worker/pipeline/metadata/read-exif.ts';
import { ascii, exifOf, rationals, short, undefinedBytes } from '../../../../support/images/exif-bytes.ts';
import { HOSTILE_EXIF } from '../../../../support/images/hostile-metadata.ts';

const MOST_BYTES = 100;
const MOST_FIELDS = 256;

/** How much a reading has looked at: tags that it asked about, and bytes that it answers. */
function workOf(exif: Buffer): { asked: number; bytes: number } {
  let asked = 0;
  const count = () => {
    asked += 1;
    return true;
  };
  const read = readExif(exif, MOST_BYTES, { image: count, exif: count, gps: count });
  const fields = read ? [...read.image, ...read.exif, ...read.gps] : [];
  for (const { bytes } of fields) expect(bytes.length).to.be.at.most(MOST_BYTES);
  return { asked, bytes: fields.reduce((sum, { bytes }) => sum + bytes.length, 0) };
}

const SAMPLE = exifOf({
  ifd0: [ascii(0x010f, 'Camera'), ascii(0x8298, 'Ada'), ascii(0x013b, 'Charles'), rationals(0x011a, [72, 1])],
  exif: [ascii(0x9003, '2026:01:01 00:00:00'), undefinedBytes(0x927c, Buffer.alloc(300, 7))],
  gps: [ascii(0x0001, 'N'), rationals(0x0002, [51, 1], [30, 1], [0, 1])],
});

describe('EXIF', () => {
  it('is read by directory, with its values', () => {
    const all = { image: () => true, exif: () => true, gps: () => true };
    const read = readExif(SAMPLE, MOST_BYTES, all);
    const seen = (fields = read?.image) => fields?.map(({ tag, isWhole }) => [tag, isWhole]);
    expect(seen()).to.deep.equal([0x010f, 0x011a, 0x013b, 0x8298].map((tag) => [tag, true]));
    expect(seen(read?.exif)).to.deep.equal([
      [0x9003, true],
      [0x927c, false],
    ]);
    expect(seen(read?.gps)).to.deep.equal([
      [1, true],
      [2, true],
    ]);
    expect(read?.image[0]?.bytes.toString()).to.equal('Camera\0');
    expect(readExif(Buffer.concat([Buffer.from('Exif\0\0'), SAMPLE]), MOST_BYTES, all)).to.deep.equal(read);
  });

  it('is written as it was read, without fields that are not kept', () => {
    const kept = keptMetadata({ exif: SAMPLE }).exif ?? Buffer.alloc(0);
    const all = { image: () => true, exif: () => true, gps: () => true };
    const [before, after] = [SAMPLE, kept].map((exif) => readExif(exif, 1000, all));
    expect(after?.image).to.deep.equal(before?.image);
    expect(after?.exif).to.deep.equal(before?.exif.filter(({ tag }) => tag !== 0x927c));
    expect(after?.gps).to.deep.equal(before?.gps);
    expect(keptMetadata({ exif: kept }).exif?.equals(kept)).to.equal(true);
  });

  it('has the texts of its copyright, whatever stands between and after them', () => {
    const copyrightOf = (text: string, type = 2) =>
      readCopyright(exifOf({ ifd0: [{ tag: 0x8298, type, bytes: Buffer.from(text) }] })).Copyright;
    expect(copyrightOf('Ada\0')).to.equal('Ada');
    expect(copyrightOf('Ada\0\0\0\0', 7)).to.equal('Ada');
    expect(copyrightOf('Ada\0Charles\0')).to.equal('Ada; Charles');
    expect(copyrightOf(' \0')).to.equal(undefined);
    expect(copyrightOf(`${'x'.repeat(2047)}ü${'x'.repeat(100)}`)).to.equal(`${'x'.repeat(2047)}`);
  });

  for (const [name, exif] of Object.entries(HOSTILE_EXIF)) {
    it(`takes no more work than its named tags: ${name}`, () => {
      const { asked, bytes } = workOf(exif);
      expect(asked).to.be.at.most(3 * MOST_FIELDS);
      expect(bytes).to.be.at.most(3 * MOST_FIELDS * MOST_BYTES);
      for (const text of Object.values(readCopyright(exif))) expect(text?.length).to.be.at.most(2048);
      expect(keptMetadata({ exif }).exif?.length ?? 0).to.be.at.most(exif.length + 6 * 4);
    });
  }

  it('takes no more work than its named tags, and throws nothing, however it is damaged', () => {
    const damaged = fc
      .array(fc.record({ at: fc.nat(SAMPLE.length - 1), value: fc.nat(255) }), { minLength: 1, maxLength: 12 })
      .map((changes) => {
        const exif = Buffer.from(SAMPLE);
        for (const { at, value } of changes) exif[at] = value;
        return exif;
      });
    const cut = fc.nat(SAMPLE.length).map((length) => SAMPLE.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(damaged, cut, fc.uint8Array({ maxLength: 300 }).map(Buffer.from)), (exif) => {
        const { asked, bytes } = workOf(exif);
        expect(asked).to.be.at.most(3 * MOST_FIELDS);
        expect(bytes).to.be.at.most(3 * MOST_FIELDS * MOST_BYTES);
        readCopyright(exif);
        const { exif: kept } = keptMetadata({ exif });
        if (kept) expect(keptMetadata({ exif: kept }).exif?.equals(kept)).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read when it is big-endian', () => {
    // The same few fields, in the other order of bytes.
    const bytes = Buffer.from('4d4d002a00000008' + '0001' + '829800020000000400000000' + '00000000', 'hex');
    bytes.write('Ada\0', 18, 'latin1');
    expect(readCopyright(bytes)).to.deep.equal({ Copyright: 'Ada' });
    expect(readCopyright(keptMetadata({ exif: bytes }).exif ?? bytes)).to.deep.equal({ Copyright: 'Ada' });
    expect(short(0x0112, 6).bytes.length).to.equal(2);
  });
});
