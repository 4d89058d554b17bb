import type { Size } from '../geometry.ts';
import { EXTENSION, enlarge, IMAGE, placeAt, tableBytes } from './gif-blocks.ts';

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

/** Where the first frame begins; undefined where it is not within the bytes. */
function frameAt(bytes: Buffer): number | undefined {
  let at = 13 + tableBytes(bytes[10] ?? 0);
  while (bytes[at] === EXTENSION) at = behindBlocks(bytes, at + 2);
  return bytes[at] === IMAGE && at + 9 <= bytes.length ? at : undefined;
}

/** Reads the beginning of a GIF: its screen, which grows to its first frame, as in browsers. */
export function gifSize(bytes: Buffer): GifSize {
  const size = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  const at = frameAt(bytes);
  if (at !== undefined) enlarge(size, placeAt(bytes, at));
  return { size, hasFrame: at !== undefined };
}
