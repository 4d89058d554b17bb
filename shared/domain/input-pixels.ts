import { ImageServiceError } from './errors.ts';
import type { ImageFormat } from './formats/image-format.ts';
import { LIMITS } from './limits.ts';

/** Limits of formats whose decoders hold more memory per pixel than others. */
const OF_FORMAT: Partial<Record<ImageFormat, number>> = { avif: LIMITS.avifInputPixels, heic: LIMITS.heicInputPixels };

const mostPixels = (format: ImageFormat, maxPixels: number): number =>
  Math.min(maxPixels, OF_FORMAT[format] ?? maxPixels);

/** Refuses an original with more pixels than `maxPixels`, or than its format may have: `too_many_pixels`. */
export function checkInputPixels(
  { width, height }: { width: number; height: number },
  { format, maxPixels }: { format: ImageFormat; maxPixels: number },
): void {
  const limit = mostPixels(format, maxPixels);
  const actual = width * height;
  if (actual <= limit) return;
  const whose = limit < maxPixels ? ` for ${format.toUpperCase()}` : '';
  const detail = `The image has ${width} × ${height} = ${actual} pixels; the limit${whose} is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}

/** Refuses a GIF with more hidden pixels than LIMITS allow, which are decoded and never shown: `too_many_pixels`. */
export function checkHiddenPixels(actual: number): void {
  const limit = LIMITS.hiddenFramePixels;
  if (actual <= limit) return;
  const detail = `The frames of the image have ${actual} pixels beside its screen that are decoded and never shown; the limit is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}

/**
 * How many times its largest number of pixels may be decoded for an image. Tiles at the right and the bottom reach beyond it, and each tile of
 * an AVIF may have a margin that libheif allows: tiles of 512 × 512 have 1.7 times as many pixels as the largest image (computed).
 */
const DECODED_TIMES = 2;

/** Refuses an image whose tiles, layers and transparency have far more pixels than the image: `too_many_pixels`. */
export function checkDecodedPixels(
  actual: number,
  { format, maxPixels }: { format: ImageFormat; maxPixels: number },
): void {
  const limit = DECODED_TIMES * mostPixels(format, maxPixels);
  if (actual <= limit) return;
  const detail = `The image takes ${actual} pixels to decode, with all of its tiles and layers; the limit is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}
