import type { Crop, Resize } from './command-values.ts';
import { ImageServiceError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Rectangle extends Size {
  left: number;
  top: number;
}

const isOneSided = ({ width, height }: Resize): boolean => width === undefined || height === undefined;

/** Whether a resize only scales, without a cut and without a background. */
export const onlyScales = (options: Resize): boolean =>
  isOneSided(options) || (options.fit !== 'cover' && options.fit !== 'contain');

/** The most that floating point may have taken from a half. */
const EPSILON = 1e-6;

/** Whole pixels, at least one. */
export const rounded = ({ width, height }: Size): Size => ({
  width: Math.max(1, Math.round(width + EPSILON)),
  height: Math.max(1, Math.round(height + EPSILON)),
});

/** The sizes an image has in sharp's resize: when it is scaled, and then, cut to the box or laid in it. */
export function resizedTo(size: Size, options: Resize): { scaled: Size; result: Size } {
  const { width, height, fit, withoutEnlargement, withoutReduction } = options;
  const bounded = (scale: number) => {
    const notEnlarged = withoutEnlargement ? Math.min(scale, 1) : scale;
    return withoutReduction ? Math.max(notEnlarged, 1) : notEnlarged;
  };
  const times = (x: number, y = x): Size => ({ width: size.width * x, height: size.height * y });
  const same = (scaled: Size) => ({ scaled, result: scaled });
  if (width === undefined || height === undefined) {
    return same(times(bounded((width ?? 0) / size.width || (height ?? 0) / size.height)));
  }
  const [x, y] = [width / size.width, height / size.height];
  if (fit === 'fill') return same(times(bounded(x), bounded(y)));
  const scaled = times(bounded(fit === 'cover' || fit === 'outside' ? Math.max(x, y) : Math.min(x, y)));
  // An image that may not be reduced is laid out whole, however small the box.
  if (fit === 'contain')
    return { scaled, result: { width: Math.max(width, scaled.width), height: Math.max(height, scaled.height) } };
  if (fit !== 'cover') return same(scaled);
  return { scaled, result: { width: Math.min(width, scaled.width), height: Math.min(height, scaled.height) } };
}

/** Whether a resize makes an image of that size wider or higher. */
export function enlarges(options: Resize, size: Size): boolean {
  const { scaled } = resizedTo(size, options);
  return scaled.width > size.width || scaled.height > size.height;
}

/** The box around a turned image. */
export function rotatedTo({ width, height }: Size, angle: number): Size {
  const [sine, cosine] = [Math.abs(Math.sin((angle * Math.PI) / 180)), Math.abs(Math.cos((angle * Math.PI) / 180))];
  return { width: width * cosine + height * sine, height: width * sine + height * cosine };
}

/** The size after a crop, give or take a pixel of rounding. */
export function croppedTo(size: Size, crop: Crop): Size {
  const { width, height } = cropSize(crop, size);
  return { width: Math.min(width, size.width), height: Math.min(height, size.height) };
}

/** The rectangle that a crop cuts out, unless the content decides it. Throws `crop_outside_image` if it reaches beyond the image. */
export function cropRectangle(crop: Crop, size: Size): Rectangle {
  const { width, height } = cropSize(crop, size);
  const room = { x: size.width - width, y: size.height - height };
  const { left, top } = crop.left === undefined ? cropPlace(crop, { width, height }, size) : (crop as Rectangle);
  if (Math.min(room.x, room.y) < 0 || left > room.x || top > room.y) {
    const [right, bottom] = [Math.max(left, 0) + width, Math.max(top, 0) + height];
    const detail = `The crop ends at ${right} × ${bottom}, the image at ${Math.round(size.width)} × ${Math.round(size.height)}.`;
    throw new ImageServiceError('crop_outside_image', detail);
  }
  return { left, top, width, height };
}

/** The size of a crop: as asked for, or the largest of its ratio. */
export function cropSize({ width, height, ratio }: Crop, size: Size): Size {
  if (width !== undefined && height !== undefined) return { width, height };
  const [across = 1, down = 1] = String(ratio).split(':').map(Number);
  const scale = Math.min(size.width / across, size.height / down);
  return { width: Math.max(1, Math.round(across * scale)), height: Math.max(1, Math.round(down * scale)) };
}

function cropPlace({ position = 'centre', focalPoint }: Crop, box: Size, size: Size): { left: number; top: number } {
  const room = { x: size.width - box.width, y: size.height - box.height };
  if (focalPoint) {
    const place = (at: number, length: number, free: number) =>
      Math.max(0, Math.min(free, Math.round(at - length / 2)));
    return {
      left: place(focalPoint.x * size.width, box.width, room.x),
      top: place(focalPoint.y * size.height, box.height, room.y),
    };
  }
  return { left: Math.round(room.x * alongX(position)), top: Math.round(room.y * alongY(position)) };
}

/** How far along the free room a gravity lies: 0, a half or 1. */
export const alongX = (gravity: string): number => (/west/.test(gravity) ? 0 : /east/.test(gravity) ? 1 : 0.5);
export const alongY = (gravity: string): number => (/north/.test(gravity) ? 0 : /south/.test(gravity) ? 1 : 0.5);

const tooLarge = ({ width, height }: Size, maxPixels: number): ImageServiceError => {
  const limits = `${LIMITS.outputDimension} a side and ${maxPixels} in all`;
  const size = `${Math.round(width)} × ${Math.round(height)}`;
  return new ImageServiceError('output_too_large', `The result would be ${size} pixels; the limit is ${limits}.`);
};

export function checkPixels(size: Size, maxPixels: number): void {
  if (Math.round(size.width) * Math.round(size.height) > maxPixels) throw tooLarge(size, maxPixels);
}

/** Refuses a result that is larger than allowed. */
export function checkResult(size: Size, maxPixels: number): void {
  checkPixels(size, maxPixels);
  if (Math.round(Math.max(size.width, size.height)) > LIMITS.outputDimension) throw tooLarge(size, maxPixels);
}
