import sharp, { type Sharp } from 'sharp';
import { fromPixels, type PassContext, readPixels } from '../run-passes.ts';
import { bleedColours } from './alpha-bleeding.ts';

/** How many times as far as the standard deviation of its mask sharpen looks, with some room. */
const REACH = 3;

/**
 * Sharpens the colours of an image with transparent pixels. sharp would multiply them by alpha first, so that the edge of an opaque area would be an edge to black
 * and be sharpened into a ring. Here transparent pixels get the colours around them meanwhile, so that colours have edges only where the picture has.
 */
export async function sharpenColours(
  image: Sharp,
  apply: (image: Sharp) => Sharp | Promise<Sharp>,
  { sigma, context }: { sigma: number; context: PassContext },
): Promise<Sharp> {
  const pixels = await readPixels(context.withTimeout(image));
  if (pixels.channels !== 4) return await apply(fromPixels(pixels, context).image);
  const { data, width, height } = pixels;
  const colours = bleedColours(pixels, REACH * sigma);
  const opaque = sharp(colours, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const sharpened = await readPixels(context.withTimeout(await apply(opaque)));
  for (let at = 0, from = 0; at < data.length; at += 4, from += 3)
    for (let band = 0; band < 3; band += 1) {
      const change = (sharpened.data[from + band] ?? 0) - (colours[from + band] ?? 0);
      data[at + band] = Math.max(0, Math.min(255, (data[at + band] ?? 0) + change));
    }
  return fromPixels(pixels, context).image;
}
