import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { HEADER_BYTES, LIMITS } from '../../../shared/domain/limits.ts';
import { inspectImage } from '../../../shared/uploads/inspect-image.ts';
import { gifFrom, plainFrame } from '../../support/images/gif-files.ts';
import { inserted, JPEGS, segmentsOf } from '../../support/images/jpeg-files.ts';
import { HEADERS, STRAY } from '../../support/images/odd-jpegs.ts';
import { plain } from '../../support/images/picture.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { render } from '../../support/worker/rendition-run.ts';

/** As they come from a socket. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function sizeOf(bytes: Buffer): Promise<[number?, number?]> {
  const image = { body: Readable.from(chunksOf(bytes)), declaredType: undefined };
  const { width, height, body } = await inspectImage(image, { maxInputPixels: LIMITS.inputPixels });
  body.destroy();
  return [width, height] as [number?, number?];
}

const shownBy = async (bytes: Buffer): Promise<[number, number]> => {
  const { width, height } = await render(bytes);
  return [width, height];
};

const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const;
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];

const oriented = (format: (typeof FORMATS)[number], orientation: number, [width, height] = [60, 40]): Promise<Buffer> =>
  plain(width, height, [200, 60, 20, 255]).removeAlpha().withMetadata({ orientation }).toFormat(format).toBuffer();

describe('inspectImage', () => {
  for (const format of FORMATS)
    it(`reads the size in which a ${format} is shown, whatever its orientation`, async () => {
      for (const orientation of ORIENTATIONS) {
        const image = await oriented(format, orientation);
        expect(await sizeOf(image), `orientation ${orientation}`).to.deep.equal(await shownBy(image));
      }
    });

  it('reads the size in which an image is shown, whatever its EXIF says and in which byte order', async () => {
    const told = fc.record({
      isLittle: fc.boolean(),
      type: fc.constantFrom(3, 3, 3, 1, 2, 4, 9),
      count: fc.constantFrom(1, 1, 1, 0, 2),
      value: fc.integer({ min: 0, max: 300 }),
      before: fc.integer({ min: 0, max: 3 }),
    });
    const plainOne = await oriented('jpeg', 1);
    const bare = segmentsOf(plainOne).reduce(
      (jpeg, { marker, at, end }) =>
        marker === 0xe1 ? Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(end)]) : jpeg,
      plainOne,
    );
    await fc.assert(
      fc.asyncProperty(told, async (exif) => {
        const jpeg = inserted(bare, 2, exifSegment(exif));
        expect(await sizeOf(jpeg)).to.deep.equal(await shownBy(jpeg));
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('returns no size when the orientation may stand behind the first bytes', async () => {
    const [width, height] = [600, 400];
    const noise = {
      create: {
        width,
        height,
        channels: 3 as const,
        background: '#000',
        noise: { type: 'gaussian' as const, mean: 128, sigma: 60 },
      },
    };
    const late = await sharp(noise).withMetadata({ orientation: 6 }).webp({ quality: 100 }).toBuffer();
    expect(late.length).to.be.above(HEADER_BYTES);
    expect(await sizeOf(late)).to.deep.equal([undefined, undefined]);
    expect(await sizeOf(await sharp(noise).webp({ quality: 100 }).toBuffer()), 'without EXIF').to.deep.equal([
      width,
      height,
    ]);
  });

  it('compares the stored size with the limit when the shown size is unknown', async () => {
    const late = await oriented('png', 1, [200, 100]);
    const text = Buffer.alloc(HEADER_BYTES, 'a');
    const chunk = Buffer.concat([Buffer.from([0, 2, 0, 0]), Buffer.from('tEXt'), text, Buffer.alloc(4)]);
    const body = Readable.from([inserted(late, 33, chunk)]);
    const error = await rejectionOf(inspectImage({ body, declaredType: undefined }, { maxInputPixels: 19_999 }));
    expect(error).to.have.property('code', 'too_many_pixels');
  });
});

describe('inspectImage of a JPEG', () => {
  it('finds the size whatever stands before a marker of the header', async () => {
    for (const [kind, make] of Object.entries(JPEGS)) {
      const whole = await make();
      const expected = await sizeOf(whole);
      for (const [place, { at }] of segmentsOf(whole).entries())
        for (const [name, bytes] of Object.entries(STRAY)) {
          if (place === 0 && bytes[0] !== 0xff) continue;
          expect(await sizeOf(inserted(whole, at, bytes)), `${kind}: ${name} at ${at}`).to.deep.equal(expected);
        }
      for (const [name, { make: odd }] of Object.entries(HEADERS))
        expect(await sizeOf(odd(whole)), `${kind}: ${name}`).to.deep.equal(expected);
    }
  });

  it('refuses a whole file without a frame, or with a frame without pixels', async () => {
    const whole = await (JPEGS.sequential as () => Promise<Buffer>)();
    const frame = segmentsOf(whole).find(({ marker }) => marker === 0xc0) ?? { at: 0, end: 0 };
    const empty = Buffer.from(whole);
    empty.fill(0, frame.at + 5, frame.at + 9);
    for (const [what, bytes] of Object.entries({
      cut: whole.subarray(0, frame.at + 3),
      'without it': Buffer.concat([whole.subarray(0, frame.at), whole.subarray(frame.end)]),
      'of 0 × 0': empty,
    }))
      expect(await rejectionOf(sizeOf(bytes)), what).to.have.property('code', 'image_unreadable');
  });
});

describe('inspectImage of a TIFF', () => {
  it('returns no size when the directory gives none, and leaves the decision to the decoder', async () => {
    const whole = await oriented('tiff', 1);
    const lost = Buffer.from(whole);
    lost.writeUInt32LE(0, 4);
    expect(await sizeOf(lost)).to.deep.equal([undefined, undefined]);
  });
});

/** An APP1 with one entry for the orientation, and others before it. */
function exifSegment({
  isLittle,
  type,
  count,
  value,
  before,
}: {
  isLittle: boolean;
  type: number;
  count: number;
  value: number;
  before: number;
}): Buffer {
  const number = (size: 2 | 4, told: number): Buffer => {
    const bytes = Buffer.alloc(size);
    if (isLittle) bytes.writeUIntLE(told, 0, size);
    else bytes.writeUIntBE(told, 0, size);
    return bytes;
  };
  const entry = (tag: number, kind: number, values: number, four: Buffer): Buffer =>
    Buffer.concat([
      number(2, tag),
      number(2, kind),
      number(4, values),
      Buffer.concat([four, Buffer.alloc(4)]).subarray(0, 4),
    ]);
  const entries = [
    ...Array.from({ length: before }, (_, index) => entry(0x0100 + index, 3, 1, number(2, 7))),
    entry(0x0112, type, count, type === 3 ? number(2, value) : number(4, value)),
  ];
  const tiff = Buffer.concat([
    Buffer.from(isLittle ? 'II' : 'MM'),
    number(2, 42),
    number(4, 8),
    number(2, entries.length),
    ...entries,
    number(4, 0),
  ]);
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
  return Buffer.concat([Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
}

describe('inspectImage of a GIF', () => {
  const side = fc.integer({ min: 0, max: 12 });
  const frame = fc.record({ left: side, top: side, width: side, height: side, isTransparent: fc.boolean() });
  const SCREENS: [number, number][] = [
    [640, 480],
    [800, 600],
    [2049, 3],
  ];
  const screen = fc.oneof({ weight: 5, arbitrary: fc.tuple(side, side) }, fc.constantFrom(...SCREENS));
  const gifOf = (size: [number, number], frames: (typeof frame extends fc.Arbitrary<infer F> ? F : never)[]): Buffer =>
    gifFrom(
      size,
      frames.map(({ left, top, width, height, isTransparent }) =>
        plainFrame([left, top, width, height], 1, isTransparent ? { transparent: 7 } : {}),
      ),
    ).gif;

  it('reads the size in which it is shown: its screen, grown to its first frame', async () => {
    await fc.assert(
      fc.asyncProperty(screen, fc.array(frame, { minLength: 1, maxLength: 3 }), async (size, frames) => {
        const { left, top, width, height } = frames[0] ?? { left: 0, top: 0, width: 0, height: 0 };
        fc.pre(width > 0 && height > 0 && frames.every((each) => each.width > 0 && each.height > 0));
        const gif = gifOf(size, frames);
        const told = await sizeOf(gif);
        expect(told).to.deep.equal([Math.max(size[0], left + width), Math.max(size[1], top + height)]);
        expect(told).to.deep.equal(await shownBy(gif));
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('returns no size when the first frame is behind the first bytes, and refuses a whole file without pixels', async () => {
    const gif = gifOf([0, 0], [{ left: 1, top: 2, width: 5, height: 4, isTransparent: false }]);
    const comment = Buffer.concat([
      Buffer.from([0x21, 0xfe]),
      ...Array.from({ length: HEADER_BYTES / 200 }, () => Buffer.concat([Buffer.from([200]), Buffer.alloc(200, 'a')])),
      Buffer.alloc(1),
    ]);
    const beginAt = 13 + 3 * 8;
    expect(await sizeOf(gif)).to.deep.equal([6, 6]);
    const late = inserted(gif, beginAt, comment);
    expect(await sizeOf(late)).to.deep.equal([undefined, undefined]);
    expect(await shownBy(late)).to.deep.equal([6, 6]);
    for (const empty of [
      gif.subarray(0, beginAt),
      gifOf([0, 3], [{ left: 0, top: 0, width: 0, height: 2, isTransparent: false }]),
    ])
      expect(await rejectionOf(sizeOf(empty))).to.have.property('code', 'image_unreadable');
  });

  it('compares the grown size with the limit', async () => {
    const gif = gifOf([1, 1], [{ left: 60_000, top: 60_000, width: 1, height: 1, isTransparent: false }]);
    expect(await rejectionOf(sizeOf(gif))).to.have.property('code', 'too_many_pixels');
  });
});
