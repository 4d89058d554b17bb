import type { Gamma } from '../formats/png/png-colours.ts';
import {
  type Cicp,
  type Curve,
  curveOf,
  D50,
  isHdr,
  type Matrix,
  matrixOf,
  power,
  type Triple,
  toXyz,
} from './cicp.ts';
import { HEADER_BYTES, TAG_ENTRY_BYTES } from './icc-profile.ts';
import { toneMapper } from './tone-mapping.ts';

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
/** ICC's s15Fixed16Number. */
const fixed = (value: number): Buffer => int32(Math.round(value * 2 ** 16));
const shorts = (values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(Math.round(value), 2 * index);
  return bytes;
};
const point = (xyz: Triple): Buffer => Buffer.concat([ascii('XYZ \0\0\0\0'), ...xyz.map(fixed)]);

/** A profile of version 2.4 (ICC.1:2001-04), whose tags begin at multiples of four. */
function profileOf(
  space: 'RGB ' | 'GRAY',
  connection: 'XYZ ' | 'Lab ',
  tags: [name: string, content: Buffer][],
): Buffer {
  const all: typeof tags = [
    ['desc', Buffer.concat([ascii('desc\0\0\0\0'), int32(5), ascii('CICP\0'), Buffer.alloc(78)])],
    ['cprt', ascii('text\0\0\0\0none\0')],
    ['wtpt', point(D50)],
    ...tags,
  ];
  const table: Buffer[] = [int32(all.length)];
  const contents: Buffer[] = [];
  let offset = HEADER_BYTES + 4 + TAG_ENTRY_BYTES * all.length;
  for (const [name, content] of all) {
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    table.push(ascii(name), int32(offset), int32(content.length));
    contents.push(padded);
    offset += padded.length;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02_40_00_00, 8);
  header.write(`mntr${space}${connection}`, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  Buffer.concat(D50.map(fixed)).copy(header, 68);
  return Buffer.concat([header, ...table, ...contents]);
}

/** Entries of a curve that is written down. */
const CURVE_ENTRIES = 4096;

/** Returns a function from a value of grey to its light, where 1 is white. */
function greyLight(cicp: Cicp): (value: number) => number {
  if (isHdr(cicp)) {
    const mapped = toneMapper(cicp);
    return (value) => mapped([value, value, value])[1];
  }
  return lightOf(curveOf(cicp));
}

const lightOf =
  ([exponent, scale, shift, slope, until]: Curve) =>
  (value: number): number =>
    value < until ? value * slope : (value * scale + shift) ** exponent;

function greyProfile(light: (value: number) => number): Buffer {
  const entries = Array.from(
    { length: CURVE_ENTRIES },
    (_, at) => 65_535 * Math.min(1, light(at / (CURVE_ENTRIES - 1))),
  );
  const curve = Buffer.concat([ascii('curv\0\0\0\0'), int32(CURVE_ENTRIES), shorts(entries)]);
  return profileOf('GRAY', 'XYZ ', [['kTRC', curve]]);
}

/** A profile of three primaries and a curve. */
function matrixProfile([x, y, z]: Matrix, parameters: Curve): Buffer {
  const points = ['rXYZ', 'gXYZ', 'bXYZ'].map((name, at): [string, Buffer] => [
    name,
    point([x[at] ?? 0, y[at] ?? 0, z[at] ?? 0]),
  ]);
  // In ICC this is a parametric curve of type 3; an exponent alone is type 0.
  const [exponent, scale, , slope] = parameters;
  const isPower = scale === 1 && slope === 0;
  const curve = Buffer.concat([
    ascii('para\0\0\0\0'),
    shorts([isPower ? 0 : 3, 0]),
    ...(isPower ? [exponent] : parameters).map(fixed),
  ]);
  return profileOf('RGB ', 'XYZ ', [
    ...points,
    ...['rTRC', 'gTRC', 'bTRC'].map((name): [string, Buffer] => [name, curve]),
  ]);
}

/** Values of each channel in a table of colours: between them lcms2 interpolates. */
const GRID = 33;

/** Lab as tables of 16 bits have it (ICC.1:2001-04, 6.4.4 and annex A). */
function labOf(xyz: Triple): Triple {
  const f = (share: number) => (share > 216 / 24_389 ? Math.cbrt(share) : ((24_389 / 27) * share + 16) / 116);
  const [x, y, z] = xyz.map((value, at) => f(value / (D50[at] ?? 1))) as Triple;
  return [(116 * y - 16) * 652.8, (500 * (x - y) + 128) * 256, (200 * (y - z) + 128) * 256];
}

/** A profile with a table of all colours, because the light of each channel depends on all three values. */
function tableProfile(cicp: Cicp): Buffer {
  const mapped = toneMapper(cicp);
  const values: number[] = [];
  const step = 1 / (GRID - 1);
  for (let r = 0; r < GRID; r += 1)
    for (let g = 0; g < GRID; g += 1)
      for (let b = 0; b < GRID; b += 1)
        values.push(
          ...labOf(mapped([r * step, g * step, b * step])).map((value) => Math.max(0, Math.min(65_535, value))),
        );
  const straight = shorts([0, 65_535, 0, 65_535, 0, 65_535]);
  const table = Buffer.concat([
    ascii('mft2\0\0\0\0'),
    Buffer.from([3, 3, GRID, 0]),
    ...[1, 0, 0, 0, 1, 0, 0, 0, 1].map(fixed),
    shorts([2, 2]),
    straight,
    shorts(values),
    straight,
  ]);
  return profileOf('RGB ', 'Lab ', [['A2B0', table]]);
}

const made = new Map<string, Buffer>();

/** A colour profile with the meaning of CICP. */
export function iccOfCicp(cicp: Cicp, { isGrey }: { isGrey: boolean }): Buffer {
  const key = `${cicp.primaries} ${cicp.transfer} ${isGrey}`;
  const known = made.get(key);
  if (known) return known;
  const profile = isGrey
    ? greyProfile(greyLight(cicp))
    : isHdr(cicp)
      ? tableProfile(cicp)
      : matrixProfile(toXyz(cicp), curveOf(cicp));
  made.set(key, profile);
  return profile;
}

/** A profile with the meaning of gAMA and cHRM. */
export const iccOfGamma = ({ exponent, primaries }: Gamma, { isGrey }: { isGrey: boolean }): Buffer =>
  isGrey ? greyProfile(lightOf(power(exponent))) : matrixProfile(matrixOf(primaries), power(exponent));
