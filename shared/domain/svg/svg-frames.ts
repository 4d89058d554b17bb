import type { Frame } from './svg-lines.ts';
import type { Attributes } from './svg-properties.ts';
import { svgSize } from './svg-size.ts';

/** A frame whose unit is as large as the canvas, for elements of unknown size. */
export const WHOLE: Frame = { xx: 1, xy: 0, yx: 0, yy: 1 };

export interface Box {
  width: number;
  height: number;
}

/** The size of the viewBox of an element, if it has one. */
export function viewBoxOf(attributes: Attributes): Box | undefined {
  const text = attributes.get('viewBox');
  if (text === undefined) return undefined;
  const numbers = text.trim().split(/[\s,]+/);
  const [width = 0, height = 0] = numbers.slice(2).map(Number);
  return numbers.length === 4 && width > 0 && height > 0 ? { width, height } : undefined;
}

const isCut = (attributes: Attributes): boolean => /slice/i.test(attributes.get('preserveAspectRatio') ?? '');

/** The frame inside a viewBox that fills the canvas. */
export function frameOfBox({ width, height }: Box, attributes: Attributes): Frame {
  const side = isCut(attributes) ? Math.min(width, height) : Number.POSITIVE_INFINITY;
  return { xx: 1 / Math.min(width, side), xy: 0, yx: 0, yy: 1 / Math.min(height, side) };
}

/** The frame inside the root of a drawing. */
export function frameOfRoot(attributes: Attributes): Frame {
  const box = viewBoxOf(attributes);
  if (box) return frameOfBox(box, attributes);
  const size = svgSize({ attributes });
  return size && size.width > 0 && size.height > 0 ? frameOfBox(size, attributes) : WHOLE;
}

const times = (around: Frame, { xx, xy, yx, yy }: Frame): Frame => ({
  xx: around.xx * xx + around.yx * xy,
  xy: around.xy * xx + around.yy * xy,
  yx: around.xx * yx + around.yx * yy,
  yy: around.xy * yx + around.yy * yy,
});

/** A frame scaled by x and y. */
export const scaled = (around: Frame, x: number, y: number): Frame => times(around, { xx: x, xy: 0, yx: 0, yy: y });

const FUNCTIONS: Readonly<Record<string, (numbers: readonly number[]) => Frame>> = {
  matrix: ([xx = 1, xy = 0, yx = 0, yy = 1]) => ({ xx, xy, yx, yy }),
  scale: ([x = 1, y = x]) => ({ xx: x, xy: 0, yx: 0, yy: y }),
  scalex: ([x = 1]) => ({ xx: x, xy: 0, yx: 0, yy: 1 }),
  scaley: ([y = 1]) => ({ xx: 1, xy: 0, yx: 0, yy: y }),
  rotate: ([degrees = 0]) => turned((degrees * Math.PI) / 180),
  skewx: ([degrees = 0]) => ({ xx: 1, xy: 0, yx: Math.tan((degrees * Math.PI) / 180), yy: 1 }),
  skewy: ([degrees = 0]) => ({ xx: 1, xy: Math.tan((degrees * Math.PI) / 180), yx: 0, yy: 1 }),
  translate: () => WHOLE,
  translatex: () => WHOLE,
  translatey: () => WHOLE,
};
const turned = (angle: number): Frame => ({
  xx: Math.cos(angle),
  xy: Math.sin(angle),
  yx: -Math.sin(angle),
  yy: Math.cos(angle),
});

/** The frame after a transform; WHOLE if the transform is not understood. */
export function transformed(around: Frame, transform: string | undefined): Frame {
  if (transform === undefined || transform === '' || transform === 'none') return around;
  let frame = around;
  for (const each of transform.toLowerCase().split(')').slice(0, -1)) {
    const [name = '', listed = ''] = each.split('(', 2);
    const made = FUNCTIONS[name.replace(/[\s,]/g, '')];
    const numbers = listed.trim().split(/[\s,]+/);
    const isTurn = name.includes('rotate') || name.includes('skew');
    const read = numbers.map((number) => (isTurn ? Number.parseFloat(number) : Number(number)));
    if (!made) return WHOLE;
    // Numbers without separators, or texts that are no numbers, are unknown.
    if (made !== FUNCTIONS.translate && !read.every(Number.isFinite) && !name.includes('translate')) return WHOLE;
    frame = times(frame, isTurn && /[a-z]/.test(listed) ? turnedAnyhow(name) : made(read));
  }
  return frame;
}

/** A rotation or skew by an angle in a unit other than degrees. */
const turnedAnyhow = (name: string): Frame =>
  name.includes('skew') ? { xx: 1e6, xy: 1e6, yx: 1e6, yy: 1e6 } : { xx: 1, xy: 1, yx: 1, yy: 1 };
