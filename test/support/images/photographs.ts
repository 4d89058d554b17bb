import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { ImageFormat } from '../../../shared/domain/formats/image-format.ts';
import { drawing } from '../drawings/drawings.ts';
import { heicOf } from './heic-files.ts';

/**
 * A picture of noise in a format. It is as hard to compress as a photograph, and the same for the same size. In SVG it is a drawing, and in
 * HEIC a grid of four colours.
 */
export async function photograph(format: ImageFormat, width = 48, height = 32): Promise<Buffer> {
  if (format === 'svg') return drawing({ width, height });
  if (format === 'heic') return heicOf(width, height);
  const pixels = Buffer.alloc(width * height * 3);
  let state = 7;
  for (let index = 0; index < pixels.length; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    pixels[index] = state >> 16;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/** A PNG whose header claims these dimensions, with the pixels of a small one. */
export async function claimingSize(width: number, height: number): Promise<Buffer> {
  const png = await photograph('png');
  const header = png.subarray(12, 29);
  header.writeUInt32BE(width, 4);
  header.writeUInt32BE(height, 8);
  png.writeUInt32BE(crc32(header), 29);
  return png;
}

/** A JPEG in pieces, followed by bytes up to a length, which decoders ignore. */
export function* paddedTo(jpeg: Buffer, length: number): Generator<Buffer> {
  yield jpeg;
  const piece = Buffer.alloc(1024 * 1024);
  for (let left = length - jpeg.length; left > 0; left -= piece.length)
    yield piece.subarray(0, Math.min(left, piece.length));
}
