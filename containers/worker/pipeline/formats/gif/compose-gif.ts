import { decodeLzw } from './gif-lzw.ts';
import { rowsToDecode, storedRows } from './gif-rows.ts';
import type { GifFile, GifFrame } from './read-gif.ts';

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

/** Draws the decoded part of a frame on the canvas, cut to the canvas. */
function draw(frame: GifFrame, { width, height, pixels }: Canvas): void {
  const rows = rowsToDecode(frame, { width, height });
  if (rows === 0) return;
  const visible = Math.min(frame.width, width - frame.left);
  const indexes = new Uint8Array(visible * rows);
  const count = decodeLzw(frame, frame.width * rows, { width: frame.width, kept: visible, indexes });
  const palette = paletteOf(frame);
  for (const [stored, row] of storedRows(frame).slice(0, rows).entries()) {
    const from = stored * frame.width;
    const to = (frame.top + row) * width + frame.left;
    if (from >= count || frame.top + row >= height) continue;
    for (let x = 0; x < Math.min(visible, count - from); x += 1) {
      const colour = palette[indexes[stored * visible + x] as number] as number;
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
