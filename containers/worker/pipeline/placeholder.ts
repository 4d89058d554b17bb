import { rgbaToThumbHash } from 'thumbhash';
import { toRgba } from './colour/srgb.ts';
import { fromPixels, type Pixels, readPixels } from './run-passes.ts';

/** The data that pages show before an image is loaded. */
export interface Placeholder {
  /** ThumbHash (https://evanw.github.io/thumbhash/), base64. */
  placeholder: string;
  /** The colour most pixels are near, CSS hex. */
  dominantColor: string;
}

/** The facts about an original that its first processing finds. */
export interface Description extends Placeholder {
  /** The width as shown; absent for a drawing, which has no size of its own. */
  width?: number;
  height?: number;
}

/** Pixels a side that a ThumbHash is made from: it takes up to 100, says the same with half as many, and in a quarter of the time. */
export const PLACEHOLDER_SIDE = 50;

export async function makePlaceholder(pixels: Pixels): Promise<Placeholder> {
  const box = { width: PLACEHOLDER_SIDE, height: PLACEHOLDER_SIDE, fit: 'inside', withoutEnlargement: true } as const;
  const { image } = fromPixels(pixels, { maxOutputPixels: Number.POSITIVE_INFINITY });
  const { data, width, height } = await readPixels(toRgba(image.resize(box)));
  return {
    placeholder: Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64'),
    dominantColor: dominantColor(data),
  };
}

/** The number of values of a channel that count as one colour. sharp's own `stats` has as many, and takes ten milliseconds for its other figures. */
const STEP = 16;

/** The centre of the colour cube with the most pixels; transparent pixels are seen on white. */
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
