import type { Frame } from './svg-lines.ts';
import { resolved } from './svg-markup.ts';
import { unitsOf } from './svg-properties.ts';

/** The size of a filter's region, in user units or in multiples of the box of the filtered element. */
export interface Region {
  width: number;
  height: number;
  isOfBox: boolean;
}

/** The default region of filters, and that of filter functions (SVG 1.1, 15.5). */
export const USUAL_REGION: Region = { width: 1.2, height: 1.2, isOfBox: true };

/** The box of the content of an element, in fractions of the canvas, and its number of shapes. For several shapes the distance between them is not known. */
export interface Extent {
  width: number;
  height: number;
  shapes: number;
}

export const NO_EXTENT: Extent = { width: 0, height: 0, shapes: 0 };
/** The extent of content whose box is unknown. */
export const ANY_EXTENT: Extent = { width: 0, height: 0, shapes: 2 };

export const joinExtents = (a: Extent, b: Extent): Extent => ({
  width: Math.max(a.width, b.width),
  height: Math.max(a.height, b.height),
  shapes: a.shapes + b.shapes,
});

/** The share of the canvas for a region relative to an unknown box. */
const UNKNOWN_SHARE = 1 / 8;

/** A fraction, or a percentage. */
const PART = /^([-+]?[\d.]{1,30}(?:e[-+]?\d{1,3})?)(%?)$/i;

/** The region of a filter; infinite if it is not written in plain numbers. */
export function regionOf(attributes: ReadonlyMap<string, string>): Region {
  const given = (name: string) => resolved(attributes.get(name) ?? '').trim();
  const units = given('filterUnits') || 'objectBoundingBox';
  const isOfBox = units === 'objectBoundingBox';
  if (!isOfBox && units !== 'userSpaceOnUse') return { width: Infinity, height: Infinity, isOfBox: false };
  const side = (name: string): number => {
    const text = given(name);
    if (!isOfBox) return unitsOf(text) ?? Number.POSITIVE_INFINITY;
    if (text === '') return USUAL_REGION.width;
    const [, number, percent] = PART.exec(text) ?? [];
    const value = Math.abs(Number(number)) / (percent ? 100 : 1);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  return { width: side('width'), height: side('height'), isOfBox };
}

/** The box, in fractions of the canvas, around a box that is drawn in a frame. */
export function placedBox(width: number, height: number, { xx, xy, yx, yy }: Frame): { width: number; height: number } {
  const along = (unit: number, side: number) => (unit === 0 ? 0 : Math.abs(unit) * side);
  return { width: along(xx, width) + along(yx, height), height: along(xy, width) + along(yy, height) };
}

export const isUpright = ({ xy, yx }: Frame): boolean => xy === 0 && yx === 0;

/** An unknown frame, which may be larger than the canvas. */
export const UNBOUNDED: Frame = { xx: Infinity, xy: Infinity, yx: Infinity, yy: Infinity };

/** The share of the canvas that a region covers. */
export function shareOf(region: Region, extent: Extent, frame: Frame): number {
  const share = takenBy(region, extent, frame);
  return Number.isNaN(share) ? 1 : share;
}

function takenBy(region: Region, extent: Extent, frame: Frame): number {
  const { width, height, isOfBox } = region;
  if (!isOfBox) {
    const placed = placedBox(width, height, frame);
    return Math.min(1, placed.width) * Math.min(1, placed.height);
  }
  const isKnown = extent.shapes < 2 && isUpright(frame);
  // A region that is larger than the default covers proportionally more of the canvas.
  const usual = USUAL_REGION.width * USUAL_REGION.height;
  if (!isKnown) return Math.min(1, UNKNOWN_SHARE * Math.max(1, (width * height) / usual));
  const side = (times: number, box: number) => (box === 0 ? 0 : Math.min(1, times * box));
  return side(width, extent.width) * side(height, extent.height);
}
