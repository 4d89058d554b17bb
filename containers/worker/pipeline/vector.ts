import type { Command } from '../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { resizedTo, type Size } from '../../../shared/domain/geometry.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { readSvgRoot } from '../../../shared/domain/svg/svg-root.ts';
import { svgSize } from '../../../shared/domain/svg/svg-size.ts';

/** CSS's pixels to the inch, and libvips' own. */
const CSS_DENSITY = 96;
const PLAIN_DENSITY = 72;

const PHYSICAL_UNIT = /\d(in|cm|mm|q|pt|pc)\b/i;

/**
 * The density to read a drawing with. At 96 librsvg means by physical units what CSS does, but libvips then enlarges all by a third,
 * which rounds; so that is left to drawings that have such units, in whatever place.
 */
export const densityOf = (svg: Buffer): number =>
  PHYSICAL_UNIT.test(svg.toString('latin1')) ? CSS_DENSITY : PLAIN_DENSITY;

/**
 * The pixels a drawing has unless a resize comes first: what it asks for at 96 to the inch, less where that is above a limit. `natural`
 * is what libvips makes of it, for drawings whose root does not tell. `too_many_pixels` if a side that is told is beyond what cairo draws.
 */
export function vectorSize(svg: Buffer, natural: Size, { maxInputPixels }: { maxInputPixels: number }): Size {
  const root = readSvgRoot(svg);
  const told = root && svgSize(root);
  if (told?.isTold && Math.max(told.width, told.height) > LIMITS.svgDimension) {
    const detail = `The SVG asks for ${told.width} × ${told.height} pixels, and a side may have ${LIMITS.svgDimension}.`;
    throw new ImageServiceError('too_many_pixels', detail);
  }
  const scale = PLAIN_DENSITY / densityOf(svg);
  const size = told ?? { width: natural.width * scale, height: natural.height * scale };
  // A viewBox tells coordinates, so that it may as well be drawn as large as a result can be.
  return fitted(size, told && !told.isTold ? LIMITS.outputDimension : LIMITS.svgDimension, maxInputPixels);
}

/** How large to draw for a list of commands, so that a resize at its beginning finds pixels of its own. */
export function drawnSize(size: Size, [first]: readonly Command[]): Size {
  if (first?.operation !== 'resize') return size;
  return fitted(resizedTo(size, first).scaled, LIMITS.svgDimension, Number.POSITIVE_INFINITY);
}

/** Whole pixels, in proportion as many as the limits allow. */
function fitted({ width, height }: Size, maxSide: number, maxPixels: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height), Math.sqrt(maxPixels / (width * height)));
  const whole = (side: number) => Math.max(1, scale < 1 ? Math.floor(side * scale) : Math.round(side));
  return { width: whole(width), height: whole(height) };
}
