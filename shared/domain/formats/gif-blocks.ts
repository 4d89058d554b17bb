import type { Size } from '../geometry.ts';

/** The first bytes of blocks of a GIF (GIF89a specification, appendix A). */
export const EXTENSION = 0x21;
export const IMAGE = 0x2c;

/** Labels of extensions: graphic control (GIF89a specification, 23), and of an application (26). */
export const CONTROL = 0xf9;
export const APPLICATION = 0xff;

/** The size of the colour table in bytes, from the flags of a screen or a frame. */
export const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/** The area of the screen that a frame covers, and the order in which its rows are stored. */
export interface FrameArea {
  left: number;
  top: number;
  width: number;
  height: number;
  isInterlaced: boolean;
}

/** Reads the area of a frame from its descriptor of ten bytes. */
export const readFrameArea = (bytes: Buffer, at: number): FrameArea => ({
  left: bytes.readUInt16LE(at + 1),
  top: bytes.readUInt16LE(at + 3),
  width: bytes.readUInt16LE(at + 5),
  height: bytes.readUInt16LE(at + 7),
  isInterlaced: ((bytes[at + 9] ?? 0) & 0x40) !== 0,
});

/** Enlarges a screen to its first frame if that does not fit into it, as browsers do. */
export function enlarge(screen: Size, { left, top, width, height }: FrameArea): void {
  screen.width = Math.max(screen.width, left + width);
  screen.height = Math.max(screen.height, top + height);
}
