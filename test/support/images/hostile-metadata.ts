import { deflateSync } from 'node:zlib';
import { ascii, EXIF_SIGNATURE, type ExifEntry, exifOf, jpegWith, long, pngWith, webpWith } from './exif-bytes.ts';
import { quadrants } from './picture.ts';

const COPYRIGHT = 0x8298;
const MB = 1_000_000;
const SIZE = { width: 48, height: 32 };

const apart = (length: number) => Buffer.concat([Buffer.from('a'), Buffer.alloc(length), Buffer.from('b')]);
const many = (count: number, entry: Omit<ExifEntry, 'tag'>): ExifEntry[] =>
  Array.from({ length: count }, (_, index) => ({ tag: 0x1000 + index, ...entry }));
const lying = (type: number, count: number) => many(count, { type, count: 0xffffffff, bytes: Buffer.alloc(8) });
/** Entries whose values are all the same long range of bytes. */
const stacked = (count: number, type: number, length: number): Buffer =>
  Buffer.concat([
    exifOf({ ifd0: many(count, { type, count: length, bytes: Buffer.alloc(0), offset: 8 }) }),
    Buffer.alloc(8 * length),
  ]);

/** EXIF that needs much more work than its length suggests, by kind. */
export const HOSTILE_EXIF: Record<string, Buffer> = {
  'a copyright of 60 KB of NULs between two letters': exifOf({
    ifd0: [{ tag: COPYRIGHT, type: 2, bytes: apart(60_000) }],
  }),
  'a copyright of 500 KB of NULs between two letters': exifOf({
    ifd0: [{ tag: COPYRIGHT, type: 2, bytes: apart(500_000) }],
  }),
  'a copyright of 5 MB of NULs as bytes': exifOf({ ifd0: [{ tag: COPYRIGHT, type: 7, bytes: apart(5_000_000) }] }),
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 7, 9, 10, 12].map((type) => [
      `5,000 arrays of type ${type} and count 0xffffffff`,
      exifOf({ ifd0: lying(type, 5000) }),
    ]),
  ),
  'a copyright of count 0xffffffff': exifOf({
    ifd0: [{ tag: COPYRIGHT, type: 2, count: 0xffffffff, bytes: Buffer.from('mine\0') }],
  }),
  'a copyright of count 0xffffffff of rationals': exifOf({
    ifd0: [{ tag: COPYRIGHT, type: 5, count: 0xffffffff, bytes: Buffer.alloc(16) }],
  }),
  'a copyright that lies at 0xffffffff': exifOf({
    ifd0: [{ tag: COPYRIGHT, type: 2, count: 100, bytes: Buffer.alloc(100), offset: 0xffffffff }],
  }),
  'a directory that is its own': exifOf({ ifd0: [long(0x8769, 8), ascii(COPYRIGHT, 'mine')] }),
  '5,000 texts that are one': stacked(5000, 2, 60_000),
  '2,000 arrays of rationals that are one': stacked(2000, 5, 7000),
  '60,000 entries': exifOf({ ifd0: many(60_000, { type: 2, bytes: Buffer.from('abc\0') }) }),
  'nothing but its first bytes': Buffer.from('49492a00', 'hex'),
  'a directory that lies behind its end': Buffer.from('49492a00ffffffff', 'hex'),
  'no EXIF at all': Buffer.alloc(1000, 0x41),
};

/** A compressed chunk of a PNG that expands to the given number of bytes. */
export const compressedText = (bytes: number): [type: string, data: Buffer] => [
  'zTXt',
  Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(bytes, 65))]),
];

/** Files with hostile metadata, by kind. */
export async function hostileMetadataFiles(): Promise<Record<string, Buffer>> {
  const image = quadrants(SIZE.width, SIZE.height);
  const [jpeg, png, webp] = [
    await image.clone().jpeg().toBuffer(),
    await image.clone().png().toBuffer(),
    await image.clone().webp().toBuffer(),
  ];
  const files: Record<string, Buffer> = {};
  for (const [name, exif] of Object.entries(HOSTILE_EXIF)) {
    files[`PNG with ${name}`] = pngWith(png, ['eXIf', exif]);
    files[`WebP with ${name}`] = webpWith(webp, SIZE, { EXIF: exif });
    if (exif.length < 65_000) files[`JPEG with ${name}`] = jpegWith(jpeg, EXIF_SIGNATURE, exif);
  }
  const avif = await image
    .clone()
    .withExif({ IFD0: { Copyright: 'X'.repeat(50_000) } })
    .avif({ effort: 0 })
    .toBuffer();
  const place = avif.indexOf('XXXX');
  files['AVIF with a copyright of NULs'] = avif.fill(0, place + 1, place + 49_999);
  const text = (index: number): [string, Buffer] => ['tEXt', Buffer.from(`Key${index}\0${'x'.repeat(50)}`)];
  files['PNG with 5,000 texts'] = pngWith(png, ...Array.from({ length: 5000 }, (_, index) => text(index)));
  files['PNG with a compressed text of 60 MB'] = pngWith(png, compressedText(60 * MB));
  files['PNG with 60 compressed texts of 1 MB'] = pngWith(png, ...Array.from({ length: 60 }, () => compressedText(MB)));
  files['PNG with 10 MB of XMP'] = pngWith(png, [
    'iTXt',
    Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0'), Buffer.alloc(10_000_000, '<a>')]),
  ]);
  files['WebP with 10 MB of XMP'] = webpWith(webp, SIZE, { 'XMP ': Buffer.alloc(10_000_000, '<a b="') });
  files['JPEG with 200 segments of EXIF'] = Array.from({ length: 200 }).reduce<Buffer>(
    (made) => jpegWith(made, EXIF_SIGNATURE, exifOf({ ifd0: [ascii(COPYRIGHT, 'x'.repeat(60_000))] })),
    jpeg,
  );
  files['PNG with a broken profile'] = pngWith(png, [
    'iCCP',
    Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(5_000_000, 0xff))]),
  ]);
  return files;
}
