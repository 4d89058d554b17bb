import fc from 'fast-check';
import sharp from 'sharp';
import type { ImageFormat } from '../../../shared/domain/formats/image-format.ts';
import { avifFrom, box, tileOf, word } from './avif-files.ts';
import { pngWith } from './exif-bytes.ts';
import { gifFrom, plainFrame } from './gif-files.ts';
import { withEntries } from './tiff-entries.ts';

/** Files that consist of one tiny thing, or of a few, over and over. */
export interface DegenerateFiles {
  format: ImageFormat;
  /** What is repeated. */
  unit: fc.Arbitrary<Buffer>;
  /** Makes a file of so many bytes that are repetitions. */
  around(repeated: Buffer): Buffer;
}

const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: '#a63' } });
const [jpeg, png, webp, tiff] = await Promise.all([
  picture.clone().jpeg().toBuffer(),
  picture.clone().png().toBuffer(),
  picture.clone().webp().toBuffer(),
  picture.clone().tiff().toBuffer(),
]);
const { gif } = gifFrom([16, 8], [plainFrame([0, 0, 16, 8], 1)]);
const tile = await tileOf([64, 64]);

/** One to three of these, one after the other. */
const someOf = (...of: fc.Arbitrary<Buffer>[]): fc.Arbitrary<Buffer> =>
  fc.array(fc.oneof(...of), { minLength: 1, maxLength: 3 }).map((parts) => Buffer.concat(parts));
const hex = (...of: string[]): fc.Arbitrary<Buffer> => fc.constantFrom(...of).map((text) => Buffer.from(text, 'hex'));
const few = (min: number, max: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((bytes) => Buffer.from(bytes));
const typeOf = (...of: string[]) => fc.constantFrom(...of);

const within = (file: Buffer, at: number) => (repeated: Buffer) =>
  Buffer.concat([file.subarray(0, at), repeated, file.subarray(at)]);

/** Fill bytes, restarts, bytes that stand for 0xff, empty segments, and others. */
const jpegParts = someOf(hex('ff', 'ff00', 'ffd0', 'ff01', 'fffe0002', 'ffe10002', 'ffe20002', '41'), few(1, 4));

const pngChunk = fc
  .tuple(typeOf('tEXt', 'eXIf', 'blNk', 'IDAT', 'bKGD'), few(0, 3))
  .map(([type, bytes]) => pngWith(Buffer.alloc(33), [type, bytes]).subarray(33));

const webpChunk = fc.tuple(typeOf('XMP ', 'EXIF', 'ALPH', 'abcd', 'ANIM'), few(0, 3)).map(([type, bytes]) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from(type), length, bytes, Buffer.alloc(bytes.length % 2)]);
});

const gifBlock = few(1, 3).map((bytes) => Buffer.concat([Buffer.from([bytes.length]), bytes]));
/** Extensions of nothing, and a frame of one pixel. */
const gifPart = hex('21fe00', '21f900', '21f9040000000000', '21010000', '21ff00', '2c0000000001000100000202440100');
const PROFILE = Buffer.concat([Buffer.from('21ff0b', 'hex'), Buffer.from('ICCRGBG1012'), Buffer.from([44])]);
const profile = Buffer.from('7fffffff'.padEnd(72, '0') + '61637370'.padEnd(16, '0'), 'hex');

const emptyBox = typeOf('free', 'trak', 'moov', 'idat', 'av01').map((type) => box(type));
const avif = (repeated: Buffer) => avifFrom([tile], { moreMeta: repeated });
const behind = (...boxes: Buffer[]) => Buffer.concat([avifFrom([tile]), ...boxes]);
const handler = box('hdlr', Buffer.alloc(8), Buffer.from('pict'), Buffer.alloc(13));

const long = (tag: number, values: Buffer) => ({ tag, type: 4, count: values.length / 4, value: values });
const numbers = (count: number, number: (index: number) => number): Buffer => {
  const bytes = Buffer.alloc(4 * count);
  for (let index = 0; index < count; index += 1) bytes.writeUInt32LE(number(index), 4 * index);
  return bytes;
};

export const DEGENERATE: Record<string, DegenerateFiles> = {
  'a JPEG between its segments': { format: 'jpeg', unit: jpegParts, around: within(jpeg, 2) },
  'the pixels of a JPEG': { format: 'jpeg', unit: jpegParts, around: within(jpeg, jpeg.length - 2) },
  'what follows a JPEG': { format: 'jpeg', unit: jpegParts, around: within(jpeg, jpeg.length) },
  'the chunks of a PNG': { format: 'png', unit: someOf(pngChunk), around: within(png, 33) },
  'the chunks of a WebP': {
    format: 'webp',
    unit: someOf(webpChunk),
    around(repeated) {
      const file = Buffer.concat([webp, repeated]);
      file.writeUInt32LE(file.length - 8, 4);
      return file;
    },
  },
  'the frames and extensions of a GIF': { format: 'gif', unit: someOf(gifPart), around: within(gif, 13 + 24) },
  'a comment of a GIF': {
    format: 'gif',
    unit: someOf(gifBlock),
    around: (repeated) => within(gif, 13 + 24)(Buffer.concat([Buffer.from('21fe', 'hex'), repeated, Buffer.alloc(1)])),
  },
  'a profile of a GIF': {
    format: 'gif',
    unit: someOf(gifBlock),
    around: (repeated) => within(gif, 13 + 24)(Buffer.concat([PROFILE, profile, repeated, Buffer.alloc(1)])),
  },
  'the pixels of a GIF': { format: 'gif', unit: someOf(gifBlock), around: within(gif, gif.length - 2) },
  'the boxes of an AVIF': { format: 'avif', unit: emptyBox, around: (repeated) => behind(repeated) },
  'the boxes that describe pictures': { format: 'avif', unit: emptyBox, around: avif },
  'the groups of pictures': { format: 'avif', unit: emptyBox, around: (repeated) => avif(box('grpl', repeated)) },
  'the references of pictures': {
    format: 'avif',
    unit: emptyBox,
    around: (repeated) => avif(box('iref', word(0), repeated)),
  },
  'the boxes of a film': { format: 'avif', unit: emptyBox, around: (repeated) => behind(box('moov', repeated)) },
  'the boxes of a track': {
    format: 'avif',
    unit: emptyBox,
    around: (repeated) => behind(box('moov', box('trak', box('mdia', handler, repeated)))),
  },
  'the directories of a TIFF': {
    format: 'tiff',
    unit: few(1, 9),
    around: (repeated) =>
      withEntries(Buffer.concat([tiff, repeated]), [
        long(
          330,
          numbers(1900, (at) => tiff.length + 2 * at),
        ),
      ]),
  },
  'the strips of a TIFF': {
    format: 'tiff',
    unit: few(1, 9),
    around(repeated) {
      const count = Math.floor(repeated.length / 8);
      const places = numbers(count, (at) => tiff.length + 2 * ((at * 7919) % count));
      return withEntries(Buffer.concat([tiff, repeated]), [
        long(324, places),
        long(
          325,
          numbers(count, () => 1),
        ),
      ]);
    },
  },
};
