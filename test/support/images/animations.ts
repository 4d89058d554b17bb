import sharp, { type Sharp } from 'sharp';
import { type Colour, look, type Picture, plain } from './picture.ts';

export interface Timing {
  delay?: number[];
  loop?: number;
}

/** An animation of pictures, lossless where the format can be. */
export async function animationOf(format: 'gif' | 'webp', frames: Sharp[], timing: Timing = {}): Promise<Buffer> {
  const encoded = await Promise.all(frames.map((frame) => frame.png().toBuffer()));
  const joined = sharp(encoded, { join: { animated: true } });
  return await (format === 'gif' ? joined.gif(timing) : joined.webp({ lossless: true, ...timing })).toBuffer();
}

/** An animation of 40 × 30 pixels with one frame in each colour. */
export const animation = (format: 'gif' | 'webp', colours: readonly Colour[], timing: Timing = {}): Promise<Buffer> =>
  animationOf(
    format,
    colours.map((colour) => plain(40, 30, colour).removeAlpha()),
    timing,
  );

/** Every frame, as a viewer shows it. */
export async function framesOf(encoded: Buffer): Promise<Picture[]> {
  const { pages = 1 } = await sharp(encoded).metadata();
  return await Promise.all(
    Array.from({ length: pages }, async (_, page) => look(await sharp(encoded, { page }).png().toBuffer())),
  );
}
