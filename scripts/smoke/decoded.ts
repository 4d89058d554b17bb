import sharp from 'sharp';
import type { Pixels } from './scene.ts';

/** Decodes an image into pixels without transparency. */
export async function imageOf(bytes: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
