import type { Size } from '../geometry.ts';

/** What blocks of a GIF begin with (GIF89a specification, appendix A). */
export const EXTENSION = 0x21;
export const IMAGE = 0x2c;

/** Bytes of the table of colours that the flags of a screen or a frame tell of. */
export const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/** Where a frame lies on the screen, and in what order its rows are stored. */
export interface FramePlace {
  left: number;
  top: number;
  width: number;
  height: number;
  isInterlaced: boolean;
}

/** The place of a frame from its descriptor, which has ten bytes. */
export const placeAt = (bytes: Buffer, at: number): FramePlace => ({
  left: bytes.readUInt16LE(at + 1),
  top: bytes.readUInt16LE(at + 3),
  width: bytes.readUInt16LE(at + 5),
  height: bytes.readUInt16LE(at + 7),
  isInterlaced: ((bytes[at + 9] ?? 0) & 0x40) !== 0,
});

/** A screen that its first frame does not fit into has the size of that, as in browsers. */
export function enlarge(screen: Size, { left, top, width, height }: FramePlace): void {
  screen.width = Math.max(screen.width, left + width);
  screen.height = Math.max(screen.height, top + height);
}
