import { avifFrom, box, gridOf, type Item, word } from './avif-files.ts';

/*
 * Pictures in HEVC, which nothing encodes that is written in JavaScript: 64 × 64 pixels, a quarter each red (230, 30, 30), green (30, 200, 30),
 * blue (30, 30, 220) and white (240, 240, 240). Made from PNGs by `heif-enc -q 90` of libheif 1.15 with x265; these are the `hvcC` property and
 * the data of the item. `DEEP` has 10 bits (`-b 10`). `ALPHA` is the transparency that goes with them: nothing is seen of the right half.
 */
const decoded = (text: string): Buffer => Buffer.from(text, 'base64');
const coded = (hvcC: string, data: string): Item => ({
  type: 'hvc1',
  size: [64, 64],
  data: decoded(data),
  properties: [box('hvcC', decoded(hvcC))],
});

export const QUARTERS = coded(
  'AQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQA==',
  'AAAAPSgBrwY4Wvz9N/e5P//+4Bvof62n5sJX9JSf/+qIX//1+hixmP3ackb9/dR//s7qg40H88EcifahHdfhv2w=',
);

export const DEEP = coded(
  'AQQIAAAAAAAAAAAAHvAA/P36+gAADwMgAAEAF0ABDAH//wQIAAADAJ24AAADAAAeugJAIQABACpCAQEECAAAAwCduAAAAwAAHqAggQTZbqSSmubgQEDAgAAAAwCAAAADAIQiAAEAB0QBwXKwIkA=',
  'AAAAPCgBrwY4Wvz9N/fPv//+3Yfof62n5sJX9JSf/+rRf//1/AqxmP3ackb9/L7//tArJRQfzxzx/5xI9fQplQ==',
);

export const ALPHA: Item = {
  ...coded(
    'AQQIAAAAAAAAAAAAHvAA/Pz4+AAADwMgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJAIQABACZCAQEECAAAAwCf+AAAAwAAHsCCBBZbqSSmubAgAAADACAAAAMAISIAAQAHRAHBcrAiQA==',
    'AAAAGCgBrgx0dQXlv/BzUU2X/qXwj6Nq/4g5jA==',
  ),
  isAlpha: true,
};

/** A HEIC of these items, of which the last is the primary one by default. */
export const heicFrom = (items: Item[], options: Parameters<typeof avifFrom>[1] = {}): Buffer =>
  avifFrom(items, { brands: 'heic\0\0\0\0heicmif1miaf', ...options });

/** A HEIC of any size, with a grid that repeats the four colours. */
export function heicOf(width: number, height: number): Buffer {
  const [columns, rows] = [Math.ceil(width / 64), Math.ceil(height / 64)];
  const tiles = Array.from({ length: columns * rows }, (): Item => ({ ...QUARTERS, isHidden: true }));
  const data = gridOf([width, height], [columns, rows]);
  return heicFrom([
    ...tiles,
    { type: 'grid', size: [width, height], data, refers: [['dimg', ...tiles.keys().map((at) => at + 1)]] },
  ]);
}

/** Adds properties, which are applied in order. */
export const having = (item: Item, ...properties: Buffer[]): Item => ({
  ...item,
  properties: [...(item.properties ?? []), ...properties],
});

/** Rotated by quarter turns anticlockwise (ISO/IEC 23008-12, 6.5.10), or mirrored: 0 top to bottom, 1 left to right (6.5.12). */
export const turned = (quarters: number): Buffer => box('irot', word(quarters, 1));
export const mirrored = (axis: 0 | 1): Buffer => box('imir', word(axis, 1));

/** Cropped to a size in the middle (ISO/IEC 14496-12, 12.1.4). */
export const cutTo = (width: number, height: number): Buffer =>
  box('clap', ...[width, 1, height, 1, 0, 1, 0, 1].map((number) => word(number)));

/** Colours by primaries and transfer function (ITU-T H.273) with the matrix of BT.601 in full range, or by a profile. */
export const codedBy = (primaries: number, transfer: number): Buffer =>
  box('colr', Buffer.from('nclx'), word(primaries, 2), word(transfer, 2), word(6, 2), word(0x80, 1));
export const profiledBy = (icc: Buffer): Buffer => box('colr', Buffer.from('prof'), icc);

/** EXIF from its TIFF header on, or XMP, for the given item. */
export const exifOf = (item: number, exif: Buffer): Item => ({
  type: 'Exif',
  size: null,
  data: Buffer.concat([word(0), exif]),
  refers: [['cdsc', item]],
});
export const xmpOf = (item: number, xmp: string): Item => ({
  type: 'mime',
  size: null,
  content: 'application/rdf+xml\0',
  data: Buffer.from(xmp),
  refers: [['cdsc', item]],
});
