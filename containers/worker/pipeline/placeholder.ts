import { rgbaToThumbHash } from 'thumbhash';
import { fromPixels, type Pixels, readPixels } from './stage.ts';

/** What pages show before an image is there. */
export interface Placeholder {
  /** ThumbHash (https://evanw.github.io/thumbhash/), base64. */
  placeholder: string;
  /** The colour most pixels are near, CSS hex. */
  dominantColor: string;
}

/** What the first processing tells of an original. */
export interface Description extends Placeholder {
  /** As it is shown; absent of a drawing, which has no size of its own. */
  width?: number;
  height?: number;
}

/** Pixels a side that a ThumbHash is made from: it takes up to 100, says the same with half as many, and in a quarter of the time. */
export const PLACEHOLDER_SIDE = 50;

export async function describe(pixels: Pixels): Promise<Placeholder> {
  const box = { width: PLACEHOLDER_SIDE, height: PLACEHOLDER_SIDE, fit: 'inside', withoutEnlargement: true } as const;
  const { image } = fromPixels(pixels, { maxOutputPixels: Number.POSITIVE_INFINITY });
  const { data, width, height } = await readPixels(image.resize(box).toColourspace('srgb').ensureAlpha());
  return {
    placeholder: Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64'),
    dominantColor: dominantColor(data),
  };
}

/** Values of a channel that count as one colour; sharp's own `stats` has as many, and takes ten milliseconds for the rest of what it tells. */
const STEP = 16;

/** The middle of the cube of colours that most pixels are in; what shines through does so on white. */
function dominantColor(rgba: Buffer): string {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgba.length; at += 4) {
    const opacity = (rgba[at + 3] ?? 0) / 255;
    const [r, g, b] = [0, 1, 2].map((band) =>
      Math.floor(((rgba[at + band] ?? 0) * opacity + 255 * (1 - opacity)) / STEP),
    );
    const cube = ((r ?? 0) << 8) | ((g ?? 0) << 4) | (b ?? 0);
    counts.set(cube, (counts.get(cube) ?? 0) + 1);
  }
  const [[cube] = [0]] = [...counts].sort(([, a], [, b]) => b - a);
  const hex = (shift: number) => (((cube >> shift) & 0xf) * STEP + STEP / 2).toString(16).padStart(2, '0');
  return `#${hex(8)}${hex(4)}${hex(0)}`;
}
