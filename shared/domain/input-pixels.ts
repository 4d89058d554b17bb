import { ImageServiceError } from './errors.ts';
import type { ImageFormat } from './formats/image-format.ts';
import { LIMITS } from './limits.ts';

/** Formats whose decoders hold so much for a pixel that they have a limit of their own. */
const OF_FORMAT: Partial<Record<ImageFormat, number>> = { avif: LIMITS.avifInputPixels, heic: LIMITS.heicInputPixels };

const mostPixels = (format: ImageFormat, maxPixels: number): number =>
  Math.min(maxPixels, OF_FORMAT[format] ?? maxPixels);

/** Refuses an original that has more pixels than `maxPixels`, or than its format may have: `too_many_pixels`. */
export function checkInputPixels(
  { width, height }: { width: number; height: number },
  { format, maxPixels }: { format: ImageFormat; maxPixels: number },
): void {
  const limit = mostPixels(format, maxPixels);
  const actual = width * height;
  if (actual <= limit) return;
  const whose = limit < maxPixels ? ` of ${format.toUpperCase()}` : '';
  const detail = `The image has ${width} × ${height} = ${actual} pixels, the limit${whose} is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}

/** Refuses a GIF of whose frames more pixels are decoded and never shown than LIMITS let be: `too_many_pixels`. */
export function checkHiddenPixels(actual: number): void {
  const limit = LIMITS.hiddenFramePixels;
  if (actual <= limit) return;
  const detail = `The frames of the image have ${actual} pixels beside its screen that are decoded and never shown; the limit is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}

/**
 * How many times as many pixels as an image may have may be decoded for it. Tiles at its right and its bottom reach beyond it, and each of
 * an AVIF may have a margin that libheif allows: with tiles of 512 × 512 that is 1.7 times as many for the largest (computed).
 */
const DECODED_TIMES = 2;

/** Refuses an image of tiles, layers or a transparency of which more is decoded than its pixels can account for: `too_many_pixels`. */
export function checkDecodedPixels(
  actual: number,
  { format, maxPixels }: { format: ImageFormat; maxPixels: number },
): void {
  const limit = DECODED_TIMES * mostPixels(format, maxPixels);
  if (actual <= limit) return;
  const detail = `The image takes ${actual} pixels to decode, with all of its tiles and layers; the limit is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}
