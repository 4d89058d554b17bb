import { ImageServiceError } from './errors.ts';
import type { ImageFormat } from './image-format.ts';
import { LIMITS } from './limits.ts';

/** Formats whose decoders hold so much for a pixel that they have a limit of their own. */
const OF_FORMAT: Partial<Record<ImageFormat, number>> = { avif: LIMITS.avifInputPixels };

/** Refuses an original that has more pixels than `maxPixels`, or than its format may have: `too_many_pixels`. */
export function checkInputPixels(
  { width, height }: { width: number; height: number },
  { format, maxPixels }: { format: ImageFormat; maxPixels: number },
): void {
  const limit = Math.min(maxPixels, OF_FORMAT[format] ?? maxPixels);
  const actual = width * height;
  if (actual <= limit) return;
  const whose = limit < maxPixels ? ` of ${format.toUpperCase()}` : '';
  const detail = `The image has ${width} × ${height} = ${actual} pixels, the limit${whose} is ${limit}.`;
  throw new ImageServiceError('too_many_pixels', detail, { limit, actual, unit: 'pixels' });
}
