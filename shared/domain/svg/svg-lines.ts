import type { Outline } from './svg-outline.ts';

/** What the lines of a shape, or of many, take to draw; what depends on how large they are drawn, twice: as they are, and at most. */
export interface LineCost {
  /** Nanoseconds, whatever the size of the canvas. */
  lineNs: number;
  /** For each pixel of a side of the canvas. */
  sideNs: number;
  mostSideNs: number;
  /** For each pixel of the canvas. */
  coverNs: number;
  mostCoverNs: number;
}

export const NO_LINES: LineCost = { lineNs: 0, sideNs: 0, mostSideNs: 0, coverNs: 0, mostCoverNs: 0 };

/** What a unit is in parts of the canvas, turned and slanted: along x and y, of one along x, and of one along y. */
export interface Frame {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
}

/** How a shape is stroked: width, and length of a dash and its gap, in its own units. */
export interface Stroke {
  width: number;
  period: number;
  /** Whether its dashes may be as short as cairo makes any. */
  isFine: boolean;
  /** Whether units of the stroke may be pixels, whatever the frame is. */
  isOnScreen: boolean;
  isRound: boolean;
}

/**
 * Nanoseconds on one core (librsvg 2.63 with cairo 1.18, measured at 200 to 2000 pixels a side). cairo finds where the lines of a filling cross
 * before it draws, in no grid of pixels: each line is held against those that are at its height, and each crossing is computed.
 */
const LINE_NS = 1_000;
const HELD_NS = 60;
const CROSSING_NS = 500;
/** Of numbers beyond so many canvases, of which cairo divides all the digits. */
const FAR_CROSSING_NS = 4_000;
const FAR = 4;
/** Then it goes over each line in 15 rows to a pixel, and where lines have crossed, back over the pixels of the row. */
const SWEPT_NS = 15 * 11;
const BACK_NS = 1.6;
/** A stroke has two lines for one, which cross four times. */
const STROKED_LINES = 2;
const STROKED_LINE_NS = 3_000;
const STROKED_BACK = 2;
/**
 * A curve has more pieces the longer it is, and what rounds a stroke the wider that is: by the root of their pixels. The root of a side is less
 * than the line that touches it at 500 pixels. For the root of each part of a side, so much, and so much for each pixel.
 */
const CURVE_NS = 1_000;
const CURVED_NS = { once: 25_000, side: 50 };
const ROUND_NS = { once: 7_000, side: 14 };
/** More of cairo's numbers have no place for. */
export const MOST_SIDES = 64_000;
const DASH_NS = 600;
/** Pixels of a dash and its gap below which cairo makes others of them (cairo-stroke-style.c, the usual tolerance). */
const FINEST_DASH = 0.1;
/** Of a smaller canvas than that, in pixels, no line is dear. */
const SMALL_CANVAS = 100;
/** For each pixel that a shape may cover, and what one takes more that is filled by a gradient. */
const COVER_NS = 1;
export const GRADIENT_NS = 12;

/** How many lines are held against each other one by one, which is nothing. */
const FEW = 12;
const MOST_BANDS = 256;
const MOST_COLUMNS = 4096;
const HEIGHTS = 1024;

/** What an outline takes that is drawn in a frame. */
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
  // The roots of all together are the most where all are as long.
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

/** Dashes that are told in pixels, or by nothing that is known. */
function dashesOfPixel({ period, isFine, isOnScreen }: Stroke): number {
  if (isFine) return 1 / FINEST_DASH;
  return isOnScreen && period > 0 ? 1 / Math.max(period, FINEST_DASH) : 0;
}

/** How much longer a line may become in a frame. */
export const scaleOf = ({ xx, xy, yx, yy }: Frame): number =>
  Math.max(Math.hypot(xx, xy), Math.hypot(yx, yy)) * Math.SQRT2;

/** Lines in parts of the canvas. */
interface Placed {
  lines: readonly number[];
  left: number;
  top: number;
  width: number;
  height: number;
  /** Heights of all lines, none more than the canvas. */
  swept: number;
  /** Heights of all. */
  heights: number;
  /** Lengths of all, in their own units and in canvases. */
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

/** How many pairs of lines are at the same height, and how many of them may cross; neither too few. */
function meetingsOf(placed: Placed): { held: number; crossings: number } {
  const count = placed.lines.length / 4;
  const pairs = (count * (count - 1)) / 2;
  if (count <= FEW || !(placed.height > 0)) return { held: pairs, crossings: pairs };
  const held = Math.min(pairs, heldIn(placed));
  return { held, crossings: Math.min(held, crossingsIn(placed)) };
}

/** Pairs at the same height: each line with all that have begun and not ended where it begins. */
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
 * Pairs of which both are in the same band of heights, and there at the same place from left to right: those that begin where another is. As
 * many bands as lines are low, so that there are two of a line on average.
 */
function crossingsIn({ lines, left, top, width, height, heights }: Placed): number {
  const count = lines.length / 4;
  const bands = Math.max(1, Math.min(MOST_BANDS, Math.round((count * height) / heights)));
  const columns = Math.max(1, Math.min(MOST_COLUMNS, Math.ceil((8 * count) / bands)));
  const begun = new Float64Array(bands * columns);
  const toBand = (bands - 1e-6) / height;
  const toColumn = width > 0 ? (columns - 1e-6) / width : 0;
  /** Goes over the bands of each line, with the columns in which it is there. */
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
