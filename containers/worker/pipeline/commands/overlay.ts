import type { OverlayOptions, ResizeOptions, Sharp } from 'sharp';
import type { Placement } from '../../../../shared/domain/command-values.ts';
import { alongX, alongY, rounded, type Size } from '../../../../shared/domain/geometry.ts';
import { checkPainting, type Painting } from '../../../../shared/domain/svg/svg-painting.ts';
import { translateWatermarkError } from '../sharp-errors.ts';
import { openImage } from '../source/open-image.ts';
import type { CommandContext } from './content-crop.ts';

/** Pixels to lay over an image. */
export interface Overlay extends Size {
  data: Buffer;
  channels: 1 | 2 | 3 | 4;
}

/** A tiled pixel that reduces the opacity of an image to this share. */
export const opacityMask = (opacity: number): OverlayOptions => ({
  input: Buffer.from([255, 255, 255, Math.round(opacity * 255)]),
  raw: { width: 1, height: 1, channels: 4 },
  tile: true,
  blend: 'dest-in',
});

export async function overlayPixels(image: Sharp): Promise<Overlay> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** The box of an overlay: as wide as `scale` says, or as the overlay is, but never larger than the image. */
export const overlayBox = ({ scale }: Pick<Placement, 'scale'>, { width, height }: Size): ResizeOptions =>
  scale === undefined
    ? { width, height, fit: 'inside', withoutEnlargement: true }
    : { width: Math.max(1, Math.round(width * scale)), height, fit: 'inside' };

/** The same box for a drawing, whose size sharp overestimates. */
const drawnIn = (own: Size, { width, height }: Size): ResizeOptions => ({
  width: Math.min(own.width, width),
  height: Math.min(own.height, height),
  fit: 'inside',
});

/** Refuses a drawing that would be drawn for too long, as large as it fits there. */
function checkDrawing(painting: Painting, own: Size, { width = own.width, height = own.height }: ResizeOptions): void {
  const scale = Math.min(width / own.width, height / own.height);
  try {
    checkPainting(painting, rounded({ width: own.width * scale, height: own.height * scale }));
  } catch (error) {
    translateWatermarkError(error);
  }
}

/** An image to lay over another of that size, upright, scaled and as opaque as asked. */
export async function scaleWatermark(
  path: string,
  placement: Omit<Placement, 'gravity'>,
  size: Size,
  { maxInputPixels, heic = false, withTimeout, onWarnings }: CommandContext,
): Promise<Overlay> {
  const { open, vectorSize, painting, warnings } = await openImage(path, { maxInputPixels, heic }).catch(
    translateWatermarkError,
  );
  const box = placement.scale === undefined && vectorSize ? drawnIn(vectorSize, size) : overlayBox(placement, size);
  if (painting && vectorSize) checkDrawing(painting, vectorSize, box);
  const scaled = withTimeout(open())
    .autoOrient()
    .resize(box)
    .composite([opacityMask(placement.opacity)]);
  const pixels = await overlayPixels(scaled).catch(translateWatermarkError);
  const found = await warnings().catch(translateWatermarkError);
  onWarnings?.(found.map(({ code, detail }) => ({ code, detail: `Of the image that is laid over: ${detail}` })));
  return pixels;
}

/** The options by which sharp composites an overlay at its place. */
export function placeOverlay(overlay: Overlay, placement: Placement, size: Size): OverlayOptions {
  const { data, width, height, channels } = overlay;
  const { gravity, offsetX, offsetY, tile, blend } = placement;
  const shared = { input: data, raw: { width, height, channels }, blend };
  if (tile) return { ...shared, tile, gravity };
  const [x, y] = [alongX(gravity), alongY(gravity)];
  const left = Math.round((size.width - width) * x) + (x === 1 ? -offsetX : offsetX);
  const top = Math.round((size.height - height) * y) + (y === 1 ? -offsetY : offsetY);
  return { ...shared, left, top };
}
