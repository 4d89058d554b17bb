import type { Command } from '../../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { resizedTo, type Size } from '../../../../shared/domain/geometry.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { readSvgRoot } from '../../../../shared/domain/svg/svg-root.ts';
import { svgSize } from '../../../../shared/domain/svg/svg-size.ts';

/** CSS's pixels to the inch, and libvips' own. */
const CSS_DENSITY = 96;
const PLAIN_DENSITY = 72;

const PHYSICAL_UNIT = /\d(in|cm|mm|q|pt|pc)\b/i;

/**
 * The density to read a drawing with. At 96 librsvg reads physical units as CSS does, but libvips then enlarges all by a third,
 * which rounds; so that is left to drawings that have such units, in whatever place.
 */
export const densityOf = (svg: Buffer): number =>
  PHYSICAL_UNIT.test(svg.toString('latin1')) ? CSS_DENSITY : PLAIN_DENSITY;

/**
 * The size of a drawing unless a resize comes first: the size that it declares at 96 to the inch, reduced to the limits. `natural`
 * is the size that libvips gives it, for drawings that declare none. `too_many_pixels` if a declared side is longer than cairo can draw.
 */
export function vectorSize(svg: Buffer, natural: Size, { maxInputPixels }: { maxInputPixels: number }): Size {
  const root = readSvgRoot(svg);
  const declared = root && svgSize(root);
  if (declared?.isTold && Math.max(declared.width, declared.height) > LIMITS.svgDimension) {
    const detail = `The SVG asks for ${declared.width} × ${declared.height} pixels, and a side may have ${LIMITS.svgDimension}.`;
    throw new ImageServiceError('too_many_pixels', detail);
  }
  const scale = PLAIN_DENSITY / densityOf(svg);
  const size = declared ?? { width: natural.width * scale, height: natural.height * scale };
  // A viewBox gives coordinates and no size, so it is drawn as large as a result may be.
  return fitted(size, declared && !declared.isTold ? LIMITS.outputDimension : LIMITS.svgDimension, maxInputPixels);
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
