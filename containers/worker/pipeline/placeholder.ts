import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { fromPixels, type Pixels, readPixels } from './stage.ts';

/** What pages show before an image is there. */
export interface Placeholder {
  /** ThumbHash (https://evanw.github.io/thumbhash/), base64. */
  placeholder: string;
  /** The colour most pixels are near, CSS hex. */
  dominantColor: string;
}

/** Pixels a side that a ThumbHash is made from: it takes up to 100, says the same with half as many, and in a quarter of the time. */
export const PLACEHOLDER_SIDE = 50;

export async function describe(pixels: Pixels): Promise<Placeholder> {
  const box = { width: PLACEHOLDER_SIDE, height: PLACEHOLDER_SIDE, fit: 'inside', withoutEnlargement: true } as const;
  const small = await readPixels(reopen(pixels).resize(box).toColourspace('srgb').ensureAlpha());
  const { dominant } = await reopen(await readPixels(reopen(small).flatten({ background: '#ffffff' }))).stats();
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return {
    placeholder: Buffer.from(rgbaToThumbHash(small.width, small.height, small.data)).toString('base64'),
    dominantColor: `#${hex(dominant.r)}${hex(dominant.g)}${hex(dominant.b)}`,
  };
}

const reopen = (pixels: Pixels): Sharp => fromPixels(pixels, { maxOutputPixels: Number.POSITIVE_INFINITY }).image;
