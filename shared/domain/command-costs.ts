import type { Size } from './geometry.ts';

/**
 * The cost of a command on one core: CPU time measured on 2026-11-29 (sharp 0.35.5, libvips 8.18.7, one thread, noise, an AMD EPYC of
 * two cores that had other work too), rounded up. Between the parameters that were measured the formulas are fits. `npm run costs`
 * measures anew, and says where a figure is too low; bytes are asserted by test/containers/worker/pipeline/costs/corners.deep.ts.
 */
export interface CommandCost {
  /** Nanoseconds for each pixel before the command. */
  before?: number;
  /** Nanoseconds for an image of that size before the command, where its shape counts. */
  whole?: (size: Size) => number;
  /** Nanoseconds for each pixel after the command; for a resize, for each pixel before it cuts or fills. */
  after?: number;
  /** Nanoseconds each time that the command is begun; `BEGUN` unless given. */
  begun?: number;
  /** Bytes for each pixel after the command that are held besides the pixels before and after it. */
  bytes?: number;
  /** Added to `before` and `bytes` where the image has transparent pixels, or a channel for them. */
  moreIfTransparent?: { before: number; bytes: number };
  /** A way to make it cheaper, besides a resize before it, which always does. */
  advice?: string;
}

/**
 * Nanoseconds to begin a command, however small the image is: 0.3 to 2 ms were measured on 16 × 16 pixels, to which the frames of an
 * animation come, and 3.4 to 5.1 ms where colours are taken apart first.
 */
export const BEGUN = 2.1e6;
export const BEGUN_IN_COLOURS = 4e6;

/** Nanoseconds for each pixel by the side of the window, whatever the width of the image. */
const MEDIAN = [
  [1, 320],
  [9, 220],
  [25, 290],
  [60, 420],
  [100, 650],
  [150, 850],
  [250, 2050],
  [400, 2750],
  [500, 4000],
  [700, 6300],
  [1000, 8400],
] as const;

function between(points: readonly (readonly [at: number, value: number])[], at: number): number {
  const place = points.findIndex(([limit]) => at <= limit);
  const [above, below] = [points[place] ?? points.at(-1), points[place - 1]];
  if (!above) return Number.NaN;
  if (!below) return above[1];
  return below[1] + ((above[1] - below[1]) * (at - below[0])) / (above[0] - below[0]);
}

/** Nanoseconds of a median for each pixel before it: between the sides that were measured the figures lie on a line. */
export const medianNs = (side: number): number => between(MEDIAN, side);
