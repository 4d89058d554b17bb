import type { Size } from './geometry.ts';

/** The side, in pixels, of the tiles that libvips computes at a time (VIPS_DEMAND_STYLE_SMALLTILE). */
const PART = 128;

/** The radius of a mask in pixels, divided by its sigma: the mask ends where the curve falls below a fifth (sharp's `minAmplitude`). */
const REACH = Math.sqrt(2 * Math.log(5));

/** Above this sigma libvips may leave its fast path. Measured: 0.06 s at 280 and 0.9 s at 290, for 300 × 300 pixels. */
const FAST_SIGMA = 200;

/** Nanoseconds for each step of the mask. */
interface Speed {
  /** Per pixel. */
  across: number;
  down: number;
  /** Per row, for the pixels that do not fill a register. */
  rest: number;
}

/**
 * For opaque pixels, measured as command-costs.ts says, on 300 × 300 to 16,383 × 1 and 1 × 16,383 pixels. The fast path takes as many bytes at a time
 * as a register has, and the remainder of a row one by one.
 */
const FAST: Speed = { across: 0.08, down: 0.1, rest: 14 };
const SLOW: Speed = { across: 2, down: 3.3, rest: 0 };
/** Nanoseconds per pixel, whatever the mask. */
const PLAIN = 30;

/** Nanoseconds for each pixel that libvips makes up beyond the left and the right edge. */
const EDGE = 3;

/**
 * Nanoseconds to blur an image. libvips blurs across first and then down. It does not keep the rows that it blurred across, but blurs them again for every
 * tile above and below that the mask reaches: a high image takes many times as long as a wide one.
 */
export function blurNs(sigma: number, { width, height }: Size): number {
  const reach = Math.ceil(REACH * sigma);
  const mask = 2 * reach + 1;
  const { across, down, rest } = sigma > FAST_SIGMA ? SLOW : FAST;
  const rows = rowsAcross(height, reach);
  const columns = Math.ceil(width / PART);
  const beyond = mask * Math.min(columns, mask / (4 * PART) + 1);
  return (
    PLAIN * width * height +
    mask * (rows * (width * across + rest) + height * (width * down + rest)) +
    EDGE * rows * beyond
  );
}

/** How many rows are blurred across; a row that several tiles need counts several times. */
function rowsAcross(height: number, reach: number): number {
  let rows = 0;
  for (let top = 0; top < height; top += PART) rows += Math.min(height, top + PART + reach) - Math.max(0, top - reach);
  return rows;
}
