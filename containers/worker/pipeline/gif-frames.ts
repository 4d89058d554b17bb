import type { GifFile, GifFrame } from './gif-file.ts';
import { decodeLzw } from './gif-lzw.ts';

/** Where the rows of an interlaced frame begin, and how far apart they are (GIF89a specification, appendix E). */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** The rows of a frame in the order in which they are stored. */
function rowsOf({ height, isInterlaced }: GifFrame): number[] {
  if (!isInterlaced) return Array.from({ length: height }, (_, row) => row);
  return PASSES.flatMap(([from, step]) =>
    Array.from({ length: Math.max(0, Math.ceil((height - from) / step)) }, (_, index) => from + index * step),
  );
}

/** How many rows of a frame its data have. */
export function rowsIn(frame: GifFrame): number {
  const { width, height, codeSize, data } = frame;
  if (width === 0) return height;
  return Math.floor(decodeLzw(data, codeSize, new Uint8Array(width * height)) / width);
}

/** Colours as they stand in memory: red, green, blue and opaque. What is not in the table is transparent, as in browsers. */
function paletteOf({ colours, transparent }: GifFrame): Uint32Array {
  const bytes = new Uint8Array(4 * 256);
  for (let index = 0; 3 * index + 2 < colours.length; index += 1) {
    bytes.set(colours.subarray(3 * index, 3 * index + 3), 4 * index);
    bytes[4 * index + 3] = 255;
  }
  if (transparent !== undefined) bytes.fill(0, 4 * transparent, 4 * transparent + 4);
  return new Uint32Array(bytes.buffer);
}

/** The canvas of an animation, four bytes to a pixel. */
interface Canvas {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** Lays what there is of a frame over the canvas, as far as it lies within. */
function draw(frame: GifFrame, { width, height, pixels }: Canvas): void {
  const indexes = new Uint8Array(frame.width * frame.height);
  const count = decodeLzw(frame.data, frame.codeSize, indexes);
  const palette = paletteOf(frame);
  const visible = Math.min(frame.width, width - frame.left);
  for (const [stored, row] of rowsOf(frame).entries()) {
    const from = stored * frame.width;
    const to = (frame.top + row) * width + frame.left;
    if (from >= count || frame.top + row >= height) continue;
    for (let x = 0; x < Math.min(visible, count - from); x += 1) {
      const colour = palette[indexes[from + x] as number] as number;
      if (colour !== 0) pixels[to + x] = colour;
    }
  }
}

function clear(frame: GifFrame, { width, height, pixels }: Canvas): void {
  const right = Math.min(width, frame.left + frame.width);
  if (right <= frame.left) return;
  for (let y = frame.top; y < Math.min(height, frame.top + frame.height); y += 1)
    pixels.fill(0, y * width + frame.left, y * width + right);
}

/** The first frames of a GIF as browsers show them, one behind the other: red, green, blue and opacity of each pixel. */
export function composeGif({ width, height, frames }: GifFile, count: number): Buffer {
  const canvas: Canvas = { width, height, pixels: new Uint32Array(width * height) };
  const composed = new Uint32Array(width * height * count);
  for (const [index, frame] of frames.slice(0, count).entries()) {
    const before = frame.disposal === 3 || frame.disposal === 4 ? canvas.pixels.slice() : undefined;
    draw(frame, canvas);
    composed.set(canvas.pixels, index * width * height);
    if (frame.disposal === 2) clear(frame, canvas);
    if (before) canvas.pixels.set(before);
  }
  return Buffer.from(composed.buffer);
}
