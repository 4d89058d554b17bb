import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { checkStructure } from '../../../../../containers/worker/pipeline/formats/check-structure.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { avifFrom, type Item, tileOf } from '../../../../support/images/avif-files.ts';
import {
  EXIF_SIGNATURE,
  exifOf,
  jpegWith,
  long,
  pngWith,
  short,
  webpWith,
  XMP_SIGNATURE,
} from '../../../../support/images/exif-bytes.ts';
import { compressedText } from '../../../../support/images/hostile-metadata.ts';
import { quadrants } from '../../../../support/images/picture.ts';
import { tiffFrom } from '../../../../support/images/tiled-tiff.ts';
import { rejectionOf } from '../../../../support/rejection.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../../support/storage/temporary-folder.ts';

const SIZE = { width: 48, height: 32 };
const KiB = 1024;
const MiB = 1024 * KiB;
const most = LIMITS.embeddedMetadataBytes;

const image = quadrants(SIZE.width, SIZE.height);
const [jpeg, png, webp, tile] = await Promise.all([
  image.clone().jpeg().toBuffer(),
  image.clone().png().toBuffer(),
  image.clone().webp().toBuffer(),
  tileOf([SIZE.width, SIZE.height]),
]);

const avif = (...items: Item[]) => avifFrom([tile, ...items], { primary: 1 });
const mime = (data: Buffer, encoding = ''): Item => ({
  type: 'mime',
  size: null,
  data,
  content: `application/rdf+xml\0${encoding}\0`,
});
const xmp = (bytes: number, isDeflated: boolean): [type: string, data: Buffer] => {
  const text = Buffer.alloc(bytes, 65);
  return [
    'iTXt',
    Buffer.concat([
      Buffer.from(`XML:com.adobe.xmp\0${isDeflated ? '\x01' : '\0'}\0en\0\0`),
      isDeflated ? deflateSync(text) : text,
    ]),
  ];
};
const chunks = (count: number, chunk: [type: string, data: Buffer]) =>
  pngWith(png, ...Array.from({ length: count }, () => chunk));
const segments = (count: number, signature: string) => {
  const segment = jpegWith(Buffer.alloc(2), signature, Buffer.alloc(65_000 - signature.length)).subarray(2);
  return Buffer.concat([jpeg.subarray(0, 2), ...Array<Buffer>(count).fill(segment), jpeg.subarray(2)]);
};

/** Wherever EXIF may stand. */
const CARRIERS: Record<string, (exif: Buffer) => Buffer> = {
  PNG: (exif) => pngWith(png, ['eXIf', exif]),
  'PNG, with the signature of JPEG': (exif) =>
    pngWith(png, ['eXIf', Buffer.concat([Buffer.from(EXIF_SIGNATURE), exif])]),
  WebP: (exif) => webpWith(webp, SIZE, { EXIF: exif }),
  JPEG: (exif) => jpegWith(jpeg, EXIF_SIGNATURE, exif),
  'the second of two segments of a JPEG': (exif) =>
    jpegWith(jpegWith(jpeg, EXIF_SIGNATURE, exif), EXIF_SIGNATURE, exifOf({})),
  AVIF: (exif) => avif({ type: 'Exif', size: null, data: Buffer.concat([Buffer.alloc(4), exif]) }),
  'AVIF, in pieces': (exif) =>
    avif({ type: 'Exif', size: null, data: Buffer.concat([Buffer.alloc(4), exif]), pieces: 50 }),
};

const POINTERS = [0x8769, 0x8825, 0xa005];
const circle = (times: number, isBigEndian = false) => {
  const exif = exifOf({ ifd0: Array.from({ length: times }, () => POINTERS.map((tag) => long(tag, 8))).flat() });
  return isBigEndian ? turned(exif) : exif;
};

/** The same in the other order of bytes. */
function turned(exif: Buffer): Buffer {
  const made = Buffer.from(exif);
  made.write('MM', 0, 'latin1');
  made.subarray(2, 4).swap16();
  made.subarray(4, 8).swap32();
  const entries = exif.readUInt16LE(8);
  made.subarray(8, 10).swap16();
  for (let at = 10; at < 10 + 12 * entries; at += 12) {
    made.subarray(at, at + 4).swap16();
    made.subarray(at + 4, at + 12).swap32();
  }
  return made;
}

/** EXIF in which libexif would go round and round, or which is more than it takes. */
const HOSTILE_DIRECTORIES: Record<string, [exif: Buffer, says: RegExp]> = {
  'three pointers to where they stand': [circle(1), /33 directories of EXIF/],
  'eight times three, in 300 bytes': [circle(8), /33 directories of EXIF/],
  'eight times three, in the other order of bytes': [circle(8, true), /33 directories of EXIF/],
  'two that are each other': [exifOf({ ifd0: [long(0x8769, 8), long(0x8825, 8)] }), /33 directories of EXIF/],
  'as many pointers to nothing as it may have directories': [
    exifOf({ ifd0: Array.from({ length: LIMITS.exifDirectories }, () => long(0x8769, 0)) }),
    /33 directories of EXIF/,
  ],
  'four pointers to one directory of 60,000 fields': [
    exifOf({
      ifd0: Array.from({ length: 4 }, () => long(0x8769, 8 + 2 + 4 * 12 + 4)),
      ifd1: Array.from({ length: 60_000 }, () => short(0x0100, 1)),
    }),
    /200001 fields of EXIF/,
  ],
};

/** Metadata at the limit and a little above it, by kind. */
const AMOUNTS: Record<string, [taken: () => Buffer, refused: () => Buffer, says: RegExp]> = {
  'compressed texts of a PNG': [
    () => chunks(7, compressedText(9 * MiB)),
    () => chunks(8, compressedText(8 * MiB)),
    /bytes of metadata at least/,
  ],
  'one compressed text of a PNG': [
    () => chunks(1, compressedText(63 * MiB)),
    () => chunks(1, compressedText(200 * MiB)),
    /bytes of metadata at least/,
  ],
  'compressed XMP of a PNG': [
    () => chunks(2, xmp(31 * MiB, true)),
    () => chunks(2, xmp(32 * MiB, true)),
    /bytes of metadata at least/,
  ],
  'XMP of a PNG': [() => chunks(2, xmp(31 * MiB, false)), () => chunks(2, xmp(32 * MiB, false)), /bytes of metadata/],
  'texts of a PNG': [
    () => chunks(1, ['tEXt', Buffer.alloc(most)]),
    () => chunks(1, ['tEXt', Buffer.alloc(most + 1)]),
    /67108865 bytes of metadata/,
  ],
  'EXIF of a PNG': [
    () => chunks(1, ['eXIf', Buffer.alloc(LIMITS.exifBytes)]),
    () => chunks(1, ['eXIf', Buffer.alloc(LIMITS.exifBytes + 1)]),
    /8388609 bytes of EXIF/,
  ],
  'XMP of a WebP': [
    () => webpWith(webp, SIZE, { 'XMP ': Buffer.alloc(most) }),
    () => webpWith(webp, SIZE, { 'XMP ': Buffer.alloc(most + 1) }),
    /67108865 bytes of metadata/,
  ],
  'EXIF of a WebP': [
    () => webpWith(webp, SIZE, { EXIF: Buffer.alloc(LIMITS.exifBytes) }),
    () => webpWith(webp, SIZE, { EXIF: Buffer.alloc(LIMITS.exifBytes + 1) }),
    /8388609 bytes of EXIF/,
  ],
  'segments of a JPEG': [() => segments(1032, XMP_SIGNATURE), () => segments(1033, XMP_SIGNATURE), /bytes of metadata/],
  'EXIF of a JPEG, again and again': [
    () => segments(1032, EXIF_SIGNATURE),
    () => segments(1033, EXIF_SIGNATURE),
    /bytes of metadata/,
  ],
  'XMP of an AVIF': [() => avif(mime(Buffer.alloc(most))), () => avif(mime(Buffer.alloc(most + 1))), /67108865 bytes/],
  'XMP of an AVIF that many items are': [
    () => avif(...Array<Item>(6).fill(mime(Buffer.alloc(10 * MiB)))),
    () => avif(...Array<Item>(7).fill(mime(Buffer.alloc(10 * MiB)))),
    /bytes of metadata/,
  ],
  'deflated XMP of an AVIF': [
    () => avif(mime(deflateSync(Buffer.alloc(60 * MiB)).subarray(0, 65_000), 'deflate')),
    () => avif(mime(deflateSync(Buffer.alloc(100 * MiB)), 'deflate')),
    /bytes of metadata/,
  ],
};

describe('metadata in an image', function () {
  this.timeout(30_000);
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder();
  });
  after(() => folder.remove());

  async function check(bytes: Buffer): Promise<unknown> {
    const path = join(folder.path, 'image');
    await writeFile(path, bytes);
    return checkStructure(path);
  }
  async function expectRefused(bytes: Buffer, says: RegExp): Promise<void> {
    const error = await rejectionOf(check(bytes));
    expect(error).to.have.property('code', 'image_unreadable');
    expect(error).to.have.property('message').match(says);
  }

  for (const [carrier, carry] of Object.entries(CARRIERS)) {
    it(`is checked before libexif reads it: ${carrier}`, async () => {
      for (const [name, [exif, says]] of Object.entries(HOSTILE_DIRECTORIES)) {
        if (carrier.includes('JPEG') && !carrier.startsWith('PNG') && exif.length > 65_000) continue;
        await expectRefused(carry(exif), says).catch((error: Error) => {
          error.message = `${name}: ${error.message}`;
          throw error;
        });
      }
    });

    it(`is accepted with all usual directories and a little disorder: ${carrier}`, async () => {
      const field = { tag: 0x9000, type: 7, bytes: Buffer.from('0232') };
      for (const exif of [
        exifOf({ ifd0: [short(0x0112, 6)], exif: [field], gps: [field], ifd1: [field], thumbnail: jpeg }),
        exifOf({ ifd0: [long(0x8769, 8), short(0x0112, 6)] }),
        exifOf({ ifd0: Array.from({ length: 30 }, () => long(0x8769, 0)) }),
        turned(exifOf({ ifd0: [long(0x8769, 8)] })),
        Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'),
        Buffer.from('Exif'),
        Buffer.alloc(0),
      ])
        await check(carry(exif));
    });
  }

  for (const [what, [taken, refused, says]] of Object.entries(AMOUNTS)) {
    it(`is accepted up to a limit: ${what}`, async () => {
      await check(taken());
      await expectRefused(refused(), says);
    });
  }

  it('is accepted up to a limit: fields of a TIFF, which may all be the same bytes', async () => {
    const large = Buffer.alloc(70 * MiB);
    const tiff = tiffFrom({ size: [16, 16], tile: [16, 16] });
    const fieldsOf = (count: number) => {
      const directory = Buffer.alloc(2 + 12 * count + 4);
      directory.writeUInt16LE(count, 0);
      for (let entry = 0; entry < count; entry += 1) {
        directory.writeUInt16LE(40_000 + entry, 2 + 12 * entry);
        directory.writeUInt16LE(7, 4 + 12 * entry);
        directory.writeUInt32LE(64 * MiB, 6 + 12 * entry);
        directory.writeUInt32LE(tiff.length, 10 + 12 * entry);
      }
      const made = Buffer.concat([tiff, large, directory]);
      made.writeUInt32LE(tiff.length + large.length, 4);
      return made;
    };
    await check(fieldsOf(8));
    await expectRefused(fieldsOf(9), /603979776 bytes of fields beside its pixels/);
  });
});
