import { ImageServiceError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { readSvgRoot } from '../domain/svg-root.ts';
import { svgSize } from '../domain/svg-size.ts';
import { tooLarge } from './checked-body.ts';
import type { IncomingImage } from './inspect-image.ts';

/** What libxml2 decodes wherever it was built, and has the letters of ASCII in their place: nothing hides in it from who reads bytes. */
const ENCODING = /^(utf-?8|(us-)?ascii|iso-8859-1)$/i;

/** For whoever declares an SVG and sends what cannot be told to be one. */
export const WHAT_SVG_IS = 'An SVG must be text in UTF-8, not compressed, and its first element <svg>.';

const ADVICE = 'An SVG is read as a whole: simplify the drawing, or upload it as a PNG.';

/**
 * The pixels that an SVG asks for, at 96 to the inch; undefined where its root does not tell. `image_unreadable` if it declares entities,
 * of which a thousand bytes can make gigabytes, is written in another encoding, or asks for no pixels; `too_many_pixels` beyond LIMITS.svgDimension.
 */
export function inspectSvg(head: Buffer): { width: number; height: number } | undefined {
  const root = readSvgRoot(head);
  if (!root) return undefined;
  const { encoding = 'UTF-8', declaresEntities } = root;
  if (!ENCODING.test(encoding)) throw unreadable(`is written in ${encoding}. Save it as UTF-8.`);
  if (declaresEntities) {
    throw unreadable('declares entities in its DOCTYPE, which are not resolved. Save it as plain SVG, without them.');
  }
  const size = svgSize(root);
  if (!size) return undefined;
  const [width, height] = [Math.round(size.width), Math.round(size.height)];
  const isDrawable = Math.max(width, height) <= LIMITS.svgDimension && Math.min(width, height) > 0;
  if (isDrawable) return { width, height };
  // A viewBox tells coordinates: whoever shows such a drawing scales it.
  if (!size.isTold) return undefined;
  throw undrawable(width, height);
}

/** Refuses an SVG of more than LIMITS.svgBytes with `payload_too_large`: at once where its length is known, else at the first byte too many. */
export function limitSvg({ contentLength = 0, counter }: Pick<IncomingImage, 'contentLength' | 'counter'>): void {
  const limit = LIMITS.svgBytes;
  if (contentLength > limit) throw tooLarge(limit, contentLength, { advice: ADVICE });
  counter?.lower(limit, (actual) => tooLarge(limit, actual, { isCounting: true, advice: ADVICE }));
}

const unreadable = (what: string): ImageServiceError => new ImageServiceError('image_unreadable', `The SVG ${what}`);

function undrawable(width: number, height: number): ImageServiceError {
  const asks = `asks for ${width} × ${height} pixels`;
  if (Math.min(width, height) === 0) return unreadable(`${asks}. Give its root element a width and a height.`);
  const limit = LIMITS.svgDimension;
  const detail = `The SVG ${asks}, and a side may have ${limit}. Give its root element a smaller width and height; a viewBox keeps the drawing as it is.`;
  return new ImageServiceError('too_many_pixels', detail, { limit, actual: Math.max(width, height), unit: 'pixels' });
}
