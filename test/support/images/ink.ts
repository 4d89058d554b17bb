import { type Colour, distance, type Picture } from './picture.ts';

/** The box of what is drawn on a background of one colour. */
export interface Ink {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The box around all pixels that differ from the background. Throws where there are none. */
export function inkOf({ width, height, at }: Picture, ground: Colour): Ink {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (distance(at(x, y), ground) > 0) {
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      }
  if (right < 0) throw new Error('Nothing is drawn');
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** How often a row of pixels changes from background to ink, which is the number of strokes that it crosses. */
export function strokesIn({ width, at }: Picture, y: number, ground: Colour): number {
  let strokes = 0;
  for (let x = 0; x < width; x += 1) {
    const isInk = distance(at(x, y), ground) > 100;
    const wasInk = x > 0 && distance(at(x - 1, y), ground) > 100;
    if (isInk && !wasInk) strokes += 1;
  }
  return strokes;
}
