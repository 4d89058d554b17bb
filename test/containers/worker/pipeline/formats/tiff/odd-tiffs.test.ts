import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { difference, look, photograph } from '../../../../../support/images/picture.ts';
import { type TiffEntry, withEntries } from '../../../../../support/images/tiff-entries.ts';
import { withEarlyDirectory } from '../../../../../support/worker/early-directory.ts';
import { endOf } from '../../../../../support/worker/rendition-end.ts';
import { render } from '../../../../../support/worker/rendition-run.ts';

const ascii = (tag: number, text: string): TiffEntry => ({
  tag,
  type: 2,
  count: text.length + 1,
  value: Buffer.from(`${text}\0`, 'latin1'),
});
const doubles = (tag: number, count: number): TiffEntry => ({
  tag,
  type: 12,
  count,
  value: Buffer.alloc(8 * count, 7),
});
const ofType = (tag: number, type: number, count: number): TiffEntry => ({
  tag,
  type,
  count,
  value: Buffer.from('abcd'),
});
const short = (tag: number, value: number): TiffEntry => ({
  tag,
  type: 3,
  count: 1,
  value: Buffer.from([value & 255, value >> 8]),
});

/** Fields that programs write into directories, and that cost no pixel. */
const ODD: Record<string, TiffEntry[]> = {
  'a NUL within a text': [ascii(270, 'one\0two')],
  'a text that does not end': [{ tag: 305, type: 2, count: 5, value: Buffer.from('Scan1') }],
  'tags of GeoTIFF': [
    doubles(33550, 3),
    doubles(33922, 6),
    short(34735, 1),
    ascii(34737, 'WGS 84|'),
    ascii(42113, '-9999'),
  ],
  'private tags': [short(65000, 1), ascii(65001, 'own'), { tag: 50000, type: 7, count: 9, value: Buffer.alloc(9, 1) }],
  'a tag twice': [ascii(305, 'one'), ascii(305, 'two')],
  'an extra sample that is not said to be one': [short(338, 0)],
  'a number where a text should be': [short(270, 3)],
  'private fields of types that nobody knows': [
    ofType(65000, 99, 1),
    ofType(65001, 0, 3),
    ofType(42112, 200, 4_000_000),
  ],
  'fields of the standard of types that nobody knows': [ofType(305, 14, 1), ofType(282, 99, 2)],
  'how its pixels are stored told again in a type that nobody knows': [ofType(259, 99, 1), ofType(258, 88, 3)],
};

const tiffOf = (compression: 'none' | 'lzw' | 'deflate' | 'jpeg'): Promise<Buffer> =>
  photograph(60, 40).tiff({ compression, predictor: 'none' }).toBuffer();

async function expectWhole(odd: Buffer, as: Buffer, what: string): Promise<void> {
  const { data, warnings } = await render(odd);
  expect(difference(await look(data), await look((await render(as)).data)).most, what).to.equal(0);
  expect(warnings, what).to.equal(undefined);
}

describe('a TIFF as programs write it', () => {
  for (const [name, entries] of Object.entries(ODD))
    it(`is shown whole with ${name}`, async () => {
      for (const compression of ['none', 'lzw', 'jpeg'] as const) {
        const whole = await tiffOf(compression);
        await expectWhole(withEntries(whole, entries), whole, compression);
      }
    });

  it('is shown whole with its tags in any order', async () => {
    const whole = await tiffOf('deflate');
    const any = fc.infiniteStream(fc.nat(1000));
    await fc.assert(
      fc.asyncProperty(any, async (places) => {
        const shuffled = (entries: Buffer[]) =>
          entries
            .map((entry) => ({ entry, place: Number(places.next().value) }))
            .sort((a, b) => a.place - b.place)
            .map(({ entry }) => entry);
        await expectWhole(withEntries(whole, [ascii(305, 'any')], shuffled), whole, 'shuffled');
      }),
      { numRuns: 20, seed: 5 },
    );
  });
});

describe('a TIFF that ends early', () => {
  it('is refused with a detail for the person who uploaded it, wherever it is cut and wherever its directory stands', async () => {
    const whole = {
      ...Object.fromEntries(
        await Promise.all((['none', 'lzw', 'jpeg'] as const).map(async (each) => [each, await tiffOf(each)])),
      ),
      'directory first': withEarlyDirectory({ photometric: 2, bits: 8 }, [200, 80, 40], [60, 40]),
    } as Record<string, Buffer>;
    for (const [name, tiff] of Object.entries(whole)) {
      expect((await render(tiff)).warnings, name).to.equal(undefined);
      for (const share of [0.1, 0.5, 0.9, 0.99]) {
        const end = await render(tiff.subarray(0, Math.floor(tiff.length * share))).catch((error: unknown) => error);
        expect(end, `${name}, ${share}`).to.have.property('code', 'image_unreadable');
        expect((end as Error).message, `${name}, ${share}`).to.match(/^The file ends early: .* Send it again\.$/);
      }
    }
  });
});

describe('a file of another format that shows nothing unless it is whole', () => {
  const FORMATS = {
    'a WebP': () => photograph(60, 40).webp().toBuffer(),
    'an AVIF': () => photograph(60, 40).avif({ effort: 0 }).toBuffer(),
    'an interlaced PNG': () => photograph(60, 40).png({ progressive: true }).toBuffer(),
  };
  for (const [name, make] of Object.entries(FORMATS))
    it(`is refused with the number of bytes that are there: ${name}`, async () => {
      const whole = await make();
      const cut = whole.subarray(0, Math.floor(whole.length / 2));
      const { message } = (await render(cut).catch((error: unknown) => error)) as Error;
      expect(message).to.match(
        /^The file ends early: \d+ of at least \d+ bytes are there, and of .* nothing is decoded then\./,
      );
      expect(message).to.include(`${cut.length} of`).include(`of ${name} nothing`);
    });
});

describe('a TIFF of an unsupported compression', () => {
  const NAMES = {
    6: 'JPEG of the old kind',
    34925: 'LZMA',
    50000: 'ZSTD',
    34887: 'LERC',
    33003: 'JPEG 2000',
    34892: 'method 34892',
  };
  for (const [method, name] of Object.entries(NAMES))
    it(`is refused with the name of the compression: ${name}`, async () => {
      const whole = await tiffOf('lzw');
      const packed = withEntries(whole, [], (entries) =>
        entries.map((entry) => {
          const copy = Buffer.from(entry);
          if (copy.readUInt16LE(0) === 259) copy.writeUInt16LE(Number(method), 8);
          return copy;
        }),
      );
      const { code, detail } = await endOf(packed);
      expect([code, detail]).to.match(/^unsupported_image,The TIFF is compressed by /);
      expect(detail).to.include(name).include('Save it with LZW, Deflate or no compression.');
    });
});

describe('a TIFF that is damaged', () => {
  it('is refused or has a warning when its decoder complains', async () => {
    const whole = await sharp(await photograph(40, 1600).png().toBuffer())
      .tiff({ compression: 'jpeg' })
      .toBuffer();
    const ends = new Set<string>();
    for (let share = 0.2; share < 0.95; share += 0.05) {
      const broken = Buffer.from(whole);
      broken.set([0xff, 0xd9], Math.floor(whole.length * share));
      const end = await render(broken).catch((error: unknown) => error as { code: string; message: string });
      if ('code' in end) expect([end.code, end.message]).to.match(/^image_unreadable,The file is damaged/);
      ends.add('code' in end ? end.code : String(end.warnings?.[0]?.code));
    }
    expect([...ends])
      .to.include('image_unreadable')
      .include('image_damaged');
  });
});
