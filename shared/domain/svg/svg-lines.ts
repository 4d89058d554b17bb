import type { Outline } from './svg-outline.ts';

/** The cost of drawing the lines of shapes. Costs that depend on the scale are given twice: at the actual scale, and at most. */
export interface LineCost {
  /** Nanoseconds, whatever the size of the canvas. */
  lineNs: number;
  /** Nanoseconds per pixel of a side of the canvas. */
  sideNs: number;
  mostSideNs: number;
  /** Nanoseconds per pixel of the canvas. */
  coverNs: number;
  mostCoverNs: number;
}

export const NO_LINES: LineCost = { lineNs: 0, sideNs: 0, mostSideNs: 0, coverNs: 0, mostCoverNs: 0 };

/** A linear transform from user units to fractions of the canvas: where a unit along x and a unit along y go. */
export interface Frame {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
}

/** How a shape is stroked: its width, and the length of a dash with its gap, in user units. */
export interface Stroke {
  width: number;
  period: number;
  /** Whether its dashes may be as short as the shortest that cairo draws. */
  isFine: boolean;
  /** Whether the units of the stroke may be pixels, independent of the frame (`vector-effect`). */
  isOnScreen: boolean;
  isRound: boolean;
}

/**
 * Nanoseconds on one core (librsvg 2.63 with cairo 1.18, measured at 200 to 2000 pixels a side). Before cairo draws, it finds where the lines of a fill
 * cross, without a grid of pixels: each line is compared with those at the same height, and each crossing is computed.
 */
const LINE_NS = 1_000;
const HELD_NS = 60;
const CROSSING_NS = 500;
/** The cost of a crossing if coordinates exceed FAR canvases, because cairo then divides numbers with many digits. */
const FAR_CROSSING_NS = 4_000;
const FAR = 4;
/** cairo then sweeps each line in 15 rows per pixel, and goes back over the pixels of the row where lines have crossed. */
const SWEPT_NS = 15 * 11;
const BACK_NS = 1.6;
/** A stroke has two outlines for each line, which cross four times. */
const STROKED_LINES = 2;
const STROKED_LINE_NS = 3_000;
const STROKED_BACK = 2;
/**
 * A longer curve has more pieces, and so has a round join of a wider stroke: their number grows with the square root of the pixels. The root of a
 * side is bounded by its tangent at 500 pixels: `once` per root of a fraction of a side, and `side` per root and pixel.
 */
const CURVE_NS = 1_000;
const CURVED_NS = { once: 25_000, side: 50 };
const ROUND_NS = { once: 7_000, side: 14 };
/** The most sides of the canvas that cairo's fixed-point numbers have room for. */
export const MOST_SIDES = 64_000;
const DASH_NS = 600;
/** The length in pixels of a dash and its gap below which cairo approximates them (cairo-stroke-style.c, default tolerance). */
const FINEST_DASH = 0.1;
/** On a canvas smaller than this, in pixels, lines are cheap. */
const SMALL_CANVAS = 100;
/** The cost per pixel that a shape may cover, and the additional cost if a gradient fills it. */
const COVER_NS = 1;
export const GRADIENT_NS = 12;

/** Up to so many lines, all pairs are counted, because they cost next to nothing. */
const FEW = 12;
const MOST_BANDS = 256;
const MOST_COLUMNS = 4096;
const HEIGHTS = 1024;

/** The cost of drawing an outline in a frame. */
export function costOfLines(
  { lines, curves, curved }: Outline,
  { frame, stroke, isGradient }: { frame: Frame; stroke: Stroke | undefined; isGradient: boolean },
): LineCost {
  const count = lines.length / 4;
  if (count === 0) return NO_LINES;
  const placed = placedIn(lines, frame);
  const { width, height, swept } = placed;
  const meetings = meetingsOf(placed);
  const scale = scaleOf(frame);
  const unit = Math.max(scale, stroke?.isOnScreen ? 1 / SMALL_CANVAS : 0);
  const round = stroke ? Math.min(2 * unit * stroke.width, MOST_SIDES) : 0;
  const stroked = stroke ? 1 : 0;
  const rounds = stroke?.isRound ? count + curves * 8 : 0;
  const dashes = stroke && stroke.period > 0 ? placed.length / stroke.period : 0;
  const finest = stroke ? DASH_NS * dashesOfPixel(stroke) : 0;
  const isFar = Math.max(width, height) > FAR;
  const back = meetings.crossings * BACK_NS * (1 + stroked * STROKED_BACK);
  // The sum of the roots is largest if all curves have the same length.
  const bends = Math.sqrt(curves * Math.min(scale * curved, MOST_SIDES * curves)) * (1 + stroked * STROKED_LINES);
  const roundings = rounds * Math.sqrt(round);
  const side = (all: number, wide: number, bending: number, joint: number) =>
    SWEPT_NS * (all + stroked * (STROKED_LINES * all + count * joint)) + back * wide + bending;
  const perPixel = COVER_NS * (1 + stroked) + (isGradient ? GRADIENT_NS : 0);
  const wide = Math.min(1, width + round);
  return {
    lineNs:
      count * (LINE_NS + stroked * STROKED_LINE_NS) +
      meetings.held * HELD_NS +
      meetings.crossings * (isFar ? FAR_CROSSING_NS : CROSSING_NS) +
      curves * CURVE_NS +
      CURVED_NS.once * bends +
      ROUND_NS.once * roundings +
      dashes * DASH_NS,
    sideNs:
      side(swept, wide, CURVED_NS.side * bends + ROUND_NS.side * roundings, Math.min(1, 2 * round)) +
      finest * placed.reach,
    mostSideNs:
      side(count, 1, Math.sqrt(MOST_SIDES) * (CURVED_NS.side * 3 * curves + ROUND_NS.side * rounds), 1) +
      finest * Math.max(placed.reach, count * MOST_SIDES),
    coverNs: perPixel * wide * Math.min(1, height + round),
    mostCoverNs: perPixel,
  };
}

/** The number of dashes per pixel, for strokes in pixels and for dashes of unknown length. */
function dashesOfPixel({ period, isFine, isOnScreen }: Stroke): number {
  if (isFine) return 1 / FINEST_DASH;
  return isOnScreen && period > 0 ? 1 / Math.max(period, FINEST_DASH) : 0;
}

/** The largest factor by which a frame may lengthen a line. */
export const scaleOf = ({ xx, xy, yx, yy }: Frame): number =>
  Math.max(Math.hypot(xx, xy), Math.hypot(yx, yy)) * Math.SQRT2;

/** Lines in fractions of the canvas. */
interface Placed {
  lines: readonly number[];
  left: number;
  top: number;
  width: number;
  height: number;
  /** The sum of the heights of all lines, each at most that of the canvas. */
  swept: number;
  /** The sum of the heights of all lines. */
  heights: number;
  /** The sums of the lengths of all lines: in user units, and (`reach`) in canvases. */
  length: number;
  reach: number;
}

function placedIn(lines: readonly number[], { xx, xy, yx, yy }: Frame): Placed {
  const placed: number[] = [];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let [swept, heights, length, reach] = [0, 0, 0, 0];
  for (let at = 0; at < lines.length; at += 4) {
    const x0 = lines[at] as number;
    const y0 = lines[at + 1] as number;
    const x1 = lines[at + 2] as number;
    const y1 = lines[at + 3] as number;
    length += Math.abs(x1 - x0) + Math.abs(y1 - y0);
    const fromX = xx * x0 + yx * y0;
    const fromY = xy * x0 + yy * y0;
    const toX = xx * x1 + yx * y1;
    const toY = xy * x1 + yy * y1;
    const lower = Math.min(fromX, toX);
    const upper = Math.max(fromX, toX);
    const higher = Math.min(fromY, toY);
    const deeper = Math.max(fromY, toY);
    placed.push(lower, higher, upper, deeper);
    left = Math.min(left, lower);
    top = Math.min(top, higher);
    right = Math.max(right, upper);
    bottom = Math.max(bottom, deeper);
    const tall = Math.abs(toY - fromY);
    swept += Math.min(1, tall);
    heights += tall;
    reach += tall + upper - lower;
  }
  return { lines: placed, left, top, width: right - left, height: bottom - top, swept, heights, length, reach };
}

/** Upper bounds for the pairs of lines at the same height, and for those of them that may cross. */
function meetingsOf(placed: Placed): { held: number; crossings: number } {
  const count = placed.lines.length / 4;
  const pairs = (count * (count - 1)) / 2;
  if (count <= FEW || !(placed.height > 0)) return { held: pairs, crossings: pairs };
  const held = Math.min(pairs, heldIn(placed));
  return { held, crossings: Math.min(held, crossingsIn(placed)) };
}

/** Counts pairs at the same height: each line with all lines that have begun and not ended where it begins. */
function heldIn({ lines, top, height }: Placed): number {
  const begun = new Float64Array(HEIGHTS);
  const ended = new Float64Array(HEIGHTS);
  const scale = (HEIGHTS - 1) / height;
  for (let at = 0; at < lines.length; at += 4) {
    const from = ((lines[at + 1] as number) - top) * scale;
    const to = ((lines[at + 3] as number) - top) * scale;
    begun[from | 0] = (begun[from | 0] as number) + 1;
    ended[to | 0] = (ended[to | 0] as number) + 1;
  }
  let held = 0;
  let open = 0;
  for (let at = 0; at < HEIGHTS; at += 1) {
    const beginning = begun[at] as number;
    held += beginning * (open + beginning / 2);
    open += beginning - (ended[at] as number);
  }
  return held;
}

/**
 * Counts pairs that may cross: both are in the same band of heights, and overlap there from left to right. The lower the lines, the more
 * bands there are, so that a line is in two bands on average.
 */
function crossingsIn({ lines, left, top, width, height, heights }: Placed): number {
  const count = lines.length / 4;
  const bands = Math.max(1, Math.min(MOST_BANDS, Math.round((count * height) / heights)));
  const columns = Math.max(1, Math.min(MOST_COLUMNS, Math.ceil((8 * count) / bands)));
  const begun = new Float64Array(bands * columns);
  const toBand = (bands - 1e-6) / height;
  const toColumn = width > 0 ? (columns - 1e-6) / width : 0;
  /** Visits the bands of each line, with its columns in the band. */
  const each = (hear: (first: number, last: number) => void) => {
    for (let at = 0; at < lines.length; at += 4) {
      const first = (((lines[at + 1] as number) - top) * toBand) | 0;
      const last = (((lines[at + 3] as number) - top) * toBand) | 0;
      const from = (((lines[at] as number) - left) * toColumn) | 0;
      const to = (((lines[at + 2] as number) - left) * toColumn) | 0;
      for (let band = first; band <= last; band += 1) hear(band * columns + from, band * columns + to);
    }
  };
  each((first) => {
    begun[first] = (begun[first] as number) + 1;
  });
  for (let at = 1; at < begun.length; at += 1) {
    if (at % columns !== 0) begun[at] = (begun[at] as number) + (begun[at - 1] as number);
  }
  let crossings = 0;
  each((first, last) => {
    const before = first % columns === 0 ? 0 : (begun[first - 1] as number);
    crossings += (begun[last] as number) - before - 1;
  });
  return crossings;
}
