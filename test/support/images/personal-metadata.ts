import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { avifFrom, box, tileOf } from './avif-files.ts';
import {
  ascii,
  EXIF_SIGNATURE,
  exifOf,
  jpegWith,
  pngWith,
  rationals,
  short,
  undefinedBytes,
  webpWith,
  XMP_SIGNATURE,
} from './exif-bytes.ts';
import { gifFrom, plainFrame } from './gif-files.ts';
import { exifOf as exifItem, heicFrom, QUARTERS, xmpOf } from './heic-files.ts';
import { type TiffEntry, withEntries } from './tiff-entries.ts';

/** What nobody may find in a file whose personal metadata are removed. */
export const MARK = 'Waldemar-0815';
/** What is to be kept: the artist and the copyright. */
export const KEPT = { artist: 'Erika Muster', copyright: '(c) 2026 Erika Muster' } as const;

const marked = Buffer.from(`<${MARK}>`);
const ORIENTATION = 6;

const gps = [ascii(1, 'N'), rationals(2, [52, 1], [31, 1], [12, 1]), ascii(29, MARK)];

/** EXIF with the mark in every directory, in a note of the camera's maker and in a thumbnail. */
export const personalExif = (): Buffer =>
  exifOf({
    ifd0: [
      ascii(0x010f, MARK),
      short(0x0112, ORIENTATION),
      rationals(0x011a, [300, 1]),
      rationals(0x011b, [300, 1]),
      short(0x0128, 2),
      ascii(0x013b, KEPT.artist),
      ascii(0x0132, '2026:01:02 03:04:05'),
      ascii(0x8298, KEPT.copyright),
    ],
    exif: [undefinedBytes(0x927c, marked), short(0xa001, 1), ascii(0xa431, MARK)],
    gps,
    thumbnail: Buffer.concat([Buffer.from('ffd8fffe0012', 'hex'), marked, Buffer.from('ffd9', 'hex')]),
  });

const xmp = Buffer.from(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- ${MARK} --></x:xmpmeta>`);
/** IPTC (IIM, record 2, dataset 80) as Photoshop has it. */
const iptc = Buffer.concat([Buffer.from('1c02500000', 'hex').fill(marked.length, 4), marked]);
const photoshop = Buffer.concat([
  Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0', 'latin1'),
  Buffer.from([iptc.length]),
  iptc,
]);

/** A picture with some detail, so that its pixels take more than a few bytes. */
const picture = (): Sharp => {
  const [width, height] = [48, 32];
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * at * 7 + at * 31) >> 4));
  return sharp(pixels, { raw: { width, height, channels: 3 } });
};
const SIZE = { width: 48, height: 32 };

/** A segment of a JPEG. */
export const segment = (marker: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

/** The index of pictures behind this one (CIPA DC-007), with a name for each. */
export function pictureIndex(starts: [size: number, offset: number][]): Buffer {
  const places = Buffer.alloc(16 * starts.length);
  for (const [index, [size, offset]] of starts.entries()) {
    places.writeUInt32LE(size, 16 * index + 4);
    places.writeUInt32LE(offset, 16 * index + 8);
  }
  const count = Buffer.alloc(4);
  count.writeUInt32LE(starts.length);
  const entries = [
    undefinedBytes(0xb000, Buffer.from('0100')),
    { tag: 0xb001, type: 4, bytes: count },
    undefinedBytes(0xb002, places),
    undefinedBytes(0xb003, marked),
  ];
  return segment(0xe2, Buffer.from('MPF\0'), exifOf({ ifd0: entries }));
}

/** A picture with metadata in each of the segments that may have them, and bytes between segments. */
function personalJpeg(jpeg: Buffer): Buffer {
  const withExif = jpegWith(jpegWith(jpeg, XMP_SIGNATURE, xmp), EXIF_SIGNATURE, personalExif());
  return Buffer.concat([
    withExif.subarray(0, 2),
    segment(0xe0, Buffer.from('JFXX\0\x13'), marked),
    segment(0xe1, Buffer.from('http://ns.adobe.com/xmp/extension/\0'), marked),
    segment(0xe2, Buffer.from('FPXR\0'), marked),
    segment(0xeb, Buffer.from('JP\0\0'), marked),
    segment(0xed, photoshop),
    marked,
    segment(0xfe, marked),
    withExif.subarray(2),
  ]);
}

async function jpegFiles(): Promise<Record<string, Buffer>> {
  const trailer = Buffer.concat([Buffer.from('0000ftypmp42'), marked]);
  const plain = await picture().withMetadata({ icc: 'p3' }).jpeg().toBuffer();
  const second = personalJpeg(await picture().resize(16).jpeg().toBuffer());
  const first = personalJpeg(plain);
  // Where pictures are is told from the header within the segment on, which is at 2 + 4 + 4.
  const length =
    first.length +
    pictureIndex([
      [0, 0],
      [0, 0],
    ]).length;
  const index = pictureIndex([
    [length, 0],
    [second.length, length + marked.length - 10],
  ]);
  return {
    'a JPEG': Buffer.concat([first, trailer]),
    'a progressive JPEG': Buffer.concat([
      personalJpeg(await picture().jpeg({ progressive: true }).toBuffer()),
      trailer,
    ]),
    'a JPEG with a second picture': Buffer.concat([
      first.subarray(0, 2),
      index,
      first.subarray(2),
      marked,
      second,
      trailer,
    ]),
  };
}

async function pngFiles(): Promise<Record<string, Buffer>> {
  const text = (type: string, keyword: string, ...content: Buffer[]): [string, Buffer] => [
    type,
    Buffer.concat([Buffer.from(`${keyword}\0`), ...content]),
  ];
  const chunks: [string, Buffer][] = [
    text('tEXt', 'Author', marked),
    text('zTXt', 'Comment', Buffer.alloc(1), deflateSync(marked, { level: 0 })),
    text('iTXt', 'XML:com.adobe.xmp', Buffer.alloc(4), xmp),
    text('tEXt', 'Raw profile type exif', marked),
    ['tIME', Buffer.from('07ea0102030405', 'hex')],
    ['eXIf', personalExif()],
    ['prVt', marked],
  ];
  const with16Bits = picture().toColourspace('rgb16').withMetadata({ icc: 'p3' });
  return {
    'a PNG': Buffer.concat([pngWith(await picture().png().toBuffer(), ...chunks), marked]),
    'a PNG of 16 bits': pngWith(await with16Bits.png().toBuffer(), ...chunks),
  };
}

async function webpFiles(): Promise<Record<string, Buffer>> {
  const chunks = { EXIF: personalExif(), 'XMP ': xmp, NOTE: marked };
  const animated = await sharp(animation().gif, { animated: true }).webp({ lossless: true, loop: 3 }).toBuffer();
  return {
    'a WebP': Buffer.concat([webpWith(await picture().webp().toBuffer(), SIZE, chunks), marked]),
    'a lossless WebP': webpWith(await picture().webp({ lossless: true }).toBuffer(), SIZE, chunks),
    'an animated WebP': withChunks(animated, chunks),
  };
}

/** A WebP of the extended form with more chunks at its end. */
function withChunks(webp: Buffer, chunks: Record<string, Buffer>): Buffer {
  const added = webpWith(Buffer.alloc(12), SIZE, chunks).subarray(12 + 8 + 10);
  const whole = Buffer.concat([webp, added]);
  whole.writeUInt32LE(whole.length - 8, 4);
  whole[20] = (whole[20] ?? 0) | 0x0c;
  return whole;
}

const animation = () =>
  gifFrom([16, 8], [plainFrame([0, 0, 16, 8], 1), plainFrame([3, 2, 8, 4], 2, { disposal: 2 })], { loop: 3 });

const blocks = (...parts: Buffer[]): Buffer =>
  Buffer.concat([...parts.flatMap((part) => [Buffer.from([part.length]), part]), Buffer.alloc(1)]);

function gifFiles(): Record<string, Buffer> {
  const { gif } = animation();
  // XMP is not in blocks; 258 bytes behind it lead to its end whatever the last letter was.
  const magic = Buffer.from([1, ...Array.from({ length: 256 }, (_, at) => 255 - at), 0]);
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), blocks(marked, marked)]);
  const extensions = Buffer.concat([
    comment,
    Buffer.from('\x21\xff\x0bXMP DataXMP', 'latin1'),
    xmp,
    magic,
    Buffer.from('\x21\xff', 'latin1'),
    blocks(Buffer.from('SOMEAPP 1.0'), marked),
    Buffer.from([0x21, 0x01]),
    blocks(Buffer.alloc(12), marked),
  ]);
  const at = 13 + 24;
  return {
    'an animated GIF': Buffer.concat([
      gif.subarray(0, at),
      extensions,
      gif.subarray(at, -1),
      comment,
      gif.subarray(-1),
      marked,
    ]),
  };
}

const tiffEntry = (tag: number, type: 1 | 2 | 7, value: Buffer): TiffEntry => ({
  tag,
  type,
  count: value.length,
  value,
});
const text = (tag: number, value: string) => tiffEntry(tag, 2, Buffer.from(`${value}\0`));

/** A TIFF with a directory of GPS at its end, and what points to it. */
function withPlace(tiff: Buffer, entries: TiffEntry[]): [Buffer, TiffEntry[]] {
  const value = Buffer.from(`${MARK}\0`);
  const directory = Buffer.alloc(2 + 12 + 4);
  directory.writeUInt16LE(1, 0);
  directory.writeUInt16LE(29, 2);
  directory.writeUInt16LE(2, 4);
  directory.writeUInt32LE(value.length, 6);
  directory.writeUInt32LE(tiff.length + directory.length, 10);
  const place = Buffer.alloc(4);
  place.writeUInt32LE(tiff.length);
  return [Buffer.concat([tiff, directory, value]), [...entries, { tag: 34853, type: 4, count: 1, value: place }]];
}

async function tiffFiles(): Promise<Record<string, Buffer>> {
  const entries = [
    text(270, MARK),
    text(271, MARK),
    text(315, KEPT.artist),
    text(33432, KEPT.copyright),
    tiffEntry(700, 1, xmp),
    tiffEntry(33723, 7, iptc),
    tiffEntry(34377, 7, photoshop),
    tiffEntry(65000, 7, marked),
  ];
  const personal = async (image: Sharp, options: Parameters<Sharp['tiff']>[0]) => {
    const tiff = await image.withMetadata({ icc: 'p3' }).tiff(options).toBuffer();
    const even = Buffer.concat([tiff, Buffer.alloc(tiff.length % 2)]);
    return Buffer.concat([withEntries(...withPlace(even, entries)), marked]);
  };
  return {
    'a TIFF': await personal(picture(), { compression: 'lzw' }),
    'a TIFF in tiles': await personal(picture(), { compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 }),
    'a BigTIFF': Buffer.concat([
      await picture()
        .tiff({ bigtiff: true, compression: 'deflate' } as never)
        .toBuffer(),
      marked,
    ]),
  };
}

async function heifFiles(): Promise<Record<string, Buffer>> {
  const tile = await tileOf([16, 16]);
  const more = Buffer.concat([box('xml ', Buffer.alloc(4), xmp), box('uuid', Buffer.alloc(16), marked)]);
  const behind = Buffer.concat([box('uuid', Buffer.alloc(16), xmp), box('mpvd', marked), box('free', marked)]);
  return {
    'an AVIF': Buffer.concat([
      avifFrom([exifItem(3, personalExif()), xmpOf(3, xmp.toString()), tile], { moreMeta: more }),
      behind,
    ]),
    'a HEIC': Buffer.concat([
      heicFrom([exifItem(3, personalExif()), xmpOf(3, xmp.toString()), QUARTERS], { moreMeta: more }),
      behind,
    ]),
  };
}

/** Files of all formats with personal metadata in all places that they have for them. */
export const personalFiles = async (): Promise<Record<string, Buffer>> => ({
  ...(await jpegFiles()),
  ...(await pngFiles()),
  ...(await webpFiles()),
  ...gifFiles(),
  ...(await tiffFiles()),
  ...(await heifFiles()),
});
