import sharp, { type Sharp } from 'sharp';
import { fromPixels, type PassContext, type Pixels } from '../run-passes.ts';
import type { KeptMetadata } from './kept-metadata.ts';
import { webpWithMetadata } from './webp-metadata.ts';

/**
 * Opens pixels again, as often as it is called. Metadata that are kept get into the result because the pixels are laid over an image that
 * carries them: sharp takes metadata from an input only.
 */
export async function openPixelsWithMetadata(
  pixels: Pixels,
  kept: KeptMetadata | undefined,
  context: PassContext,
): Promise<() => Sharp> {
  if (!kept) return () => fromPixels(pixels, context).image;
  const carrier = await carrierOf(kept);
  const { data, width, height, channels } = pixels;
  const { hasAlpha } = fromPixels(pixels, context);
  return () => {
    const carried = sharp(carrier).resize({ width, height, fit: 'fill', kernel: 'nearest' });
    const laid = carried.composite([{ input: data, raw: { width, height, channels }, blend: 'source' }]);
    return hasAlpha ? laid : laid.removeAlpha();
  };
}

/** A new image of one pixel, 8 bits and sRGB, that carries the metadata that are kept. */
async function carrierOf(kept: KeptMetadata): Promise<Buffer> {
  const size = { width: 1, height: 1 };
  const pixel = await sharp({ create: { ...size, channels: 3, background: 'black' } })
    .webp()
    .toBuffer();
  return webpWithMetadata(pixel, kept, size);
}
