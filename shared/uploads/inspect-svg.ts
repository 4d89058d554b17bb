import { ImageServiceError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { plainSvg } from '../domain/svg/svg-entities.ts';
import { readSvgRoot } from '../domain/svg/svg-root.ts';
import { svgSize } from '../domain/svg/svg-size.ts';
import type { IncomingImage } from './inspect-image.ts';
import { payloadTooLarge } from './verified-body.ts';

/** Explains what an SVG must be, to a client that declares one and sends something else. */
export const SVG_REQUIREMENTS =
  'An SVG must be text in UTF-8, or in the encoding that its byte order mark or its declaration names, not compressed, and its first element <svg>.';

const ADVICE = 'An SVG is read as a whole: simplify the drawing, or upload it as a PNG.';

/**
 * The pixels that an SVG asks for, at 96 to the inch; undefined if its root gives no size. Throws `image_unreadable` if it declares nested
 * entities, with which a thousand bytes can make gigabytes, is in an unknown encoding, or asks for no pixels, and `too_many_pixels` beyond
 * LIMITS.svgDimension.
 */
export function inspectSvg(head: Buffer): { width: number; height: number } | undefined {
  const root = readSvgRoot(plainSvg(head));
  if (!root) return undefined;
  const size = svgSize(root);
  if (!size) return undefined;
  const [width, height] = [Math.round(size.width), Math.round(size.height)];
  const isDrawable = Math.max(width, height) <= LIMITS.svgDimension && Math.min(width, height) > 0;
  if (isDrawable) return { width, height };
  // A viewBox alone gives coordinates, not pixels: programs scale such a drawing to the room that they have.
  if (!size.isTold) return undefined;
  throw undrawable(width, height);
}

/** Refuses an SVG of more than LIMITS.svgBytes with `payload_too_large`: at once where its length is known, else at the first byte too many. */
export function limitSvgBytes({ contentLength = 0, counter }: Pick<IncomingImage, 'contentLength' | 'counter'>): void {
  const limit = LIMITS.svgBytes;
  if (contentLength > limit) throw payloadTooLarge(limit, contentLength, { advice: ADVICE });
  counter?.lower(limit, (actual) => payloadTooLarge(limit, actual, { isCounting: true, advice: ADVICE }));
}

const unreadable = (what: string): ImageServiceError => new ImageServiceError('image_unreadable', `The SVG ${what}`);

function undrawable(width: number, height: number): ImageServiceError {
  const asks = `asks for ${width} × ${height} pixels`;
  if (Math.min(width, height) === 0) return unreadable(`${asks}. Give its root element a width and a height.`);
  const limit = LIMITS.svgDimension;
  const detail = `The SVG ${asks}, and a side may have ${limit}. Give its root element a smaller width and height; a viewBox keeps the drawing as it is.`;
  return new ImageServiceError('too_many_pixels', detail, { limit, actual: Math.max(width, height), unit: 'pixels' });
}
