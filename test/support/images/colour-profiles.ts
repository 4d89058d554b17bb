import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { type Colour, plain } from './picture.ts';

type Triple = readonly [number, number, number];

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
/** ICC's s15Fixed16. */
const fixed = (value: number): Buffer => int32(Math.round(value * 65_536));
const xyz = (values: Triple): Buffer => Buffer.concat([ascii('XYZ \0\0\0\0'), ...values.map(fixed)]);
const gamma = (value: number): Buffer =>
  Buffer.concat([
    ascii('curv\0\0\0\0'),
    int32(1),
    Buffer.from([Math.floor(value), Math.round((value % 1) * 256), 0, 0]),
  ]);
const description = (name: string): Buffer =>
  Buffer.concat([
    ascii('desc\0\0\0\0'),
    int32(name.length + 1),
    ascii(`${name}\0`),
    Buffer.alloc(78 + ((4 - ((name.length + 91) % 4)) % 4)),
  ]);

type Primaries = readonly [Triple, Triple, Triple];

/** A profile of three primaries, as XYZ under ICC's D50, and a curve (ICC.1:2001-04, version 2), with other tags behind these. */
export function matrixProfile(
  name: string,
  primaries: Primaries,
  curve: number | Buffer,
  more: [string, Buffer][] = [],
): Buffer {
  const [red, green, blue] = primaries;
  const tags: [string, Buffer][] = [
    ['desc', description(name)],
    ['cprt', Buffer.concat([ascii('text\0\0\0\0'), ascii('none\0\0\0\0')])],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ...['rTRC', 'gTRC', 'bTRC'].map((tag): [string, Buffer] => [tag, typeof curve === 'number' ? gamma(curve) : curve]),
    ...more,
  ];
  const table: Buffer[] = [int32(tags.length)];
  let offset = 128 + 4 + tags.length * 12;
  for (const [tag, data] of tags) {
    table.push(ascii(tag), int32(offset), int32(data.length));
    offset += data.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02_40_00_00, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  Buffer.concat([0.9642, 1, 0.8249].map(fixed)).copy(header, 68);
  return Buffer.concat([header, ...table, ...tags.map(([, data]) => data)]);
}

/** Adobe RGB (1998), Annex B: primaries under D50, and a gamma of 563/256. */
export const ADOBE_PRIMARIES: Primaries = [
  [0.60974, 0.31111, 0.01947],
  [0.20528, 0.62567, 0.06087],
  [0.14919, 0.06322, 0.74457],
];
export const ADOBE_RGB = matrixProfile('Adobe RGB by numbers', ADOBE_PRIMARIES, 563 / 256);

/** A curve of equidistant values (ICC.1:2022, 10.6). */
export const tableOf = (entries: number, exponent: number): Buffer => {
  const values = Buffer.alloc(2 * entries);
  for (let at = 0; at < entries; at += 1)
    values.writeUInt16BE(Math.round(65_535 * (at / (entries - 1)) ** exponent), 2 * at);
  return Buffer.concat([ascii('curv\0\0\0\0'), int32(entries), values, Buffer.alloc((entries % 2) * 2)]);
};

const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
};

/** An identity matrix as a floating-point element (ICC.1:2022, 10.14.2). */
const SAME = Buffer.concat([ascii('matf\0\0\0\0'), int32(0x30003), ...[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0].map(float)]);

/** Identity curves, each of one segment with its own exponent (10.14.1). */
const CURVED = (() => {
  const formula = Buffer.concat([ascii('parf\0\0\0\0'), int32(0), ...[1.0001, 1, 0, 0].map(float)]);
  const curve = Buffer.concat([ascii('curf\0\0\0\0'), int32(0x10000), formula]);
  const places = [0, 0, 0].flatMap(() => [int32(36), int32(curve.length)]);
  return Buffer.concat([ascii('cvst\0\0\0\0'), int32(0x30003), ...places, curve]);
})();

/** Adobe RGB with an additional chain of elements that share the same bytes. */
export function chainedProfile(elements: number, kind: 'matrices' | 'curves', names = ['D2B0', 'D2B1']): Buffer {
  const element = kind === 'matrices' ? SAME : CURVED;
  const place = Buffer.concat([int32(16 + 8 * elements), int32(element.length)]);
  const head = Buffer.concat([ascii('mpet\0\0\0\0'), int32(0x30003), int32(elements)]);
  const chain = Buffer.concat([head, ...Array<Buffer>(elements).fill(place), element]);
  return matrixProfile(
    'Chained',
    ADOBE_PRIMARIES,
    563 / 256,
    names.map((name): [string, Buffer] => [name, chain]),
  );
}

/** Display P3 from sharp. */
export async function displayP3(): Promise<Buffer> {
  const { icc } = await sharp(await plain(1, 1, [0, 0, 0, 255]).withIccProfile('p3').png().toBuffer()).metadata();
  if (!icc) throw new Error('sharp has no P3');
  return icc;
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([ascii(type), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([int32(data.length), body, sum]);
};

/** The length of a PNG's signature and its header. */
const HEADER_LENGTH = 33;

/** A PNG of exactly these values with a profile. */
export const pngIn = async (profile: Buffer, [r, g, b]: Triple | Colour): Promise<Buffer> =>
  profiled(await plain(24, 16, [r, g, b, 255]).removeAlpha().png().toBuffer(), profile);

/** Adds a profile to a PNG that has none. */
export function profiled(png: Buffer, profile: Buffer): Buffer {
  const named = chunk('iCCP', Buffer.concat([ascii('named\0\0'), deflateSync(profile)]));
  return Buffer.concat([png.subarray(0, HEADER_LENGTH), named, png.subarray(HEADER_LENGTH)]);
}
