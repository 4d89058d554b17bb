import { deflateSync } from 'node:zlib';

export interface Tiled {
  size: [number, number];
  tile: [number, number];
  isBig?: boolean;
  isLittle?: boolean;
  /** The bytes of a tile; grey by default. */
  pixels?: Buffer;
}

/** A grey TIFF or BigTIFF (6.0, section 15) whose tiles all share the same bytes. */
export function tiffFrom({ size, tile, isBig = false, isLittle = true, pixels }: Tiled): Buffer {
  const number = (value: number, bytes: number): Buffer => {
    const made = Buffer.alloc(8);
    made.writeBigUInt64LE(BigInt(value));
    const short = made.subarray(0, bytes);
    return isLittle ? short : short.reverse();
  };
  const tiles = Math.ceil(size[0] / tile[0]) * Math.ceil(size[1] / tile[1]);
  const data = deflateSync(pixels ?? Buffer.alloc(tile[0] * tile[1], 128));
  const wide = isBig ? 8 : 4;
  const entries = 10;
  const tables = (isBig ? 24 : 10) + entries * (isBig ? 20 : 12) + wide;
  const dataAt = tables + 8 * tiles;
  const entry = (tag: number, value: number, count = 1): Buffer => {
    const field = Buffer.alloc(wide);
    number(value, 4).copy(field);
    return Buffer.concat([number(tag, 2), number(4, 2), number(count, wide), field]);
  };
  const many = (tag: number, at: number, only: number) => (tiles === 1 ? entry(tag, only) : entry(tag, at, tiles));
  const head = isBig ? [number(43, 2), number(8, 2), number(0, 2), number(16, 8)] : [number(42, 2), number(8, 4)];
  return Buffer.concat([
    Buffer.from(isLittle ? 'II' : 'MM'),
    ...head,
    number(entries, isBig ? 8 : 2),
    entry(256, size[0]),
    entry(257, size[1]),
    entry(258, 8),
    entry(259, 8),
    entry(262, 1),
    entry(277, 1),
    entry(322, tile[0]),
    entry(323, tile[1]),
    many(324, tables, dataAt),
    many(325, tables + 4 * tiles, data.length),
    number(0, wide),
    ...Array<Buffer>(tiles).fill(number(dataAt, 4)),
    ...Array<Buffer>(tiles).fill(number(data.length, 4)),
    data,
  ]);
}
