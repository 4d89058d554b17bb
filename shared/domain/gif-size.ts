import type { Size } from './geometry.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;

const tableBytes = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/** The size that a GIF tells of, and whether its first frame, which the screen has room for, is within the bytes. */
export interface GifSize {
  size: Size;
  hasFrame: boolean;
}

/** Behind blocks of a length and as many bytes, up to one of none (GIF89a specification, 15 and 16). */
function behindBlocks(bytes: Buffer, from: number): number {
  let at = from;
  for (let length = bytes[at]; length; length = bytes[at]) at += 1 + length;
  return at + 1;
}

/** Where the first frame tells its place; undefined where it is not within the bytes. */
function frameAt(bytes: Buffer): number | undefined {
  let at = 13 + tableBytes(bytes[10]);
  while (bytes[at] === EXTENSION) at = behindBlocks(bytes, at + 2);
  return bytes[at] === IMAGE && at + 9 <= bytes.length ? at + 1 : undefined;
}

/** Reads the beginning of a GIF: its screen, which grows to its first frame, as in browsers. */
export function gifSize(bytes: Buffer): GifSize {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  const at = frameAt(bytes);
  if (at === undefined) return { size: { width, height }, hasFrame: false };
  const end = (side: number) => bytes.readUInt16LE(at + side) + bytes.readUInt16LE(at + 4 + side);
  return { size: { width: Math.max(width, end(0)), height: Math.max(height, end(2)) }, hasFrame: true };
}
