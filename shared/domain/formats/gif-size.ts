import type { Size } from '../geometry.ts';
import { EXTENSION, enlarge, IMAGE, readFrameArea, tableBytes } from './gif-blocks.ts';

/** The size of a GIF, and whether its first frame, to which the screen is enlarged, begins within the bytes. */
export interface GifSize {
  size: Size;
  hasFrame: boolean;
}

/** The offset after a sequence of sub-blocks, which ends with an empty one (GIF89a specification, 15 and 16). */
function behindBlocks(bytes: Buffer, from: number): number {
  let at = from;
  for (let length = bytes[at]; length; length = bytes[at]) at += 1 + length;
  return at + 1;
}

/** The offset of the first frame; undefined if it is not within the bytes. */
function frameAt(bytes: Buffer): number | undefined {
  let at = 13 + tableBytes(bytes[10] ?? 0);
  while (bytes[at] === EXTENSION) at = behindBlocks(bytes, at + 2);
  return bytes[at] === IMAGE && at + 9 <= bytes.length ? at : undefined;
}

/** Reads the size of a GIF from its beginning: that of its screen, enlarged to its first frame as in browsers. */
export function gifSize(bytes: Buffer): GifSize {
  const size = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  const at = frameAt(bytes);
  if (at !== undefined) enlarge(size, readFrameArea(bytes, at));
  return { size, hasFrame: at !== undefined };
}
