import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { render } from '../worker/rendition-run.ts';
import { type Colour, distance, look } from './picture.ts';

export type Rgb = [number, number, number];

export const ORANGE: Rgb = [200, 80, 40];
export const GREY: Rgb = [128, 128, 128];
export const GREEN: Rgb = [40, 160, 80];

export const SIZE: [number, number] = [96, 32];

/** Three patches side by side. */
export function patches(): Buffer<ArrayBuffer> {
  const pixels = Buffer.alloc(SIZE[0] * SIZE[1] * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const column = (at / 3) % SIZE[0];
    pixels.set([ORANGE, GREY, GREEN][Math.floor(column / 32)] ?? GREY, at);
  }
  return pixels;
}
export const scene = (): Sharp => sharp(patches(), { raw: { width: SIZE[0], height: SIZE[1], channels: 3 } });

/** Expects an image of the patches to be shown in these colours. Returns the codes of the warnings. */
export async function expectPatches(
  image: Buffer,
  expected: Rgb[],
  what: string,
  tolerance: number,
): Promise<string[]> {
  const { data, warnings = [] } = await render(image, { output: { format: 'webp', lossless: true, effort: 0 } });
  const picture = await look(data);
  for (const [index, colour] of expected.entries()) {
    const seen = picture.at(index * 32 + 16, 16);
    const meant: Colour = [colour[0], colour[1], colour[2], 255];
    expect(distance(seen, meant), `${what}, patch ${index}: ${seen}`).to.be.at.most(tolerance);
  }
  return warnings.map(({ code }) => code);
}
