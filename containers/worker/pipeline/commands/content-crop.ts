import type { Sharp } from 'sharp';
import type { Crop } from '../../../../shared/domain/command-values.ts';
import type { Command } from '../../../../shared/domain/commands.ts';
import { cropRectangle, cropSize, type Rectangle, type Size } from '../../../../shared/domain/geometry.ts';
import type { ImageId } from '../../../../shared/domain/image-id.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import type { Overlay } from './overlay.ts';

/** Everything that commands need beside the image. */
export interface CommandContext {
  maxInputPixels: number;
  /** Whether HEIC may be laid over. */
  heic?: boolean;
  maxOutputPixels: number;
  /** The path of an image that may be used as a watermark. */
  fetchWatermark(imageId: ImageId): Promise<string>;
  /** Draws the overlay of a command, or returns the one that was drawn for an earlier frame. */
  drawOverlay(draw: () => Promise<Overlay>): Promise<Overlay>;
  /** Called with the warnings about a watermark image. */
  onWarnings?(warnings: Warning[]): void;
  /** Limits an image to the time that is left. */
  withTimeout(image: Sharp): Sharp;
}

/** sharp looks through a window of 3 × 3 pixels; in fewer there is nothing to cut off. */
export const isTrimmable = ({ width, height }: Size): boolean => width >= 3 && height >= 3;

type Strategy = 'entropy' | 'attention';

/**
 * Finds the rectangle of a crop by `entropy` or `attention`. sharp searches only when a resize to the fit `cover` must cut, which leaves one side
 * as it is; so the width is cut first, at full height, and then the height.
 */
export async function locateCrop(image: Sharp, crop: Crop, size: Size, context: CommandContext): Promise<Rectangle> {
  const { width, height } = cropSize(crop, size);
  const middle = cropRectangle({ ...crop, position: 'centre' }, size);
  const position = crop.position as Strategy;
  const left = width === size.width ? 0 : await cutPlace(image, { width, height: size.height, position }, context);
  if (height === size.height) return { ...middle, left, top: 0 };
  const column = image.clone().extract({ left, top: 0, width, height: size.height });
  const top = await cutPlace(column, { width, height, position, isBelow: true }, context);
  return { ...middle, left, top };
}

/** How far from the left, or from the top, sharp cuts. */
async function cutPlace(
  image: Sharp,
  { isBelow = false, ...box }: Size & { position: Strategy; isBelow?: boolean },
  { withTimeout }: CommandContext,
): Promise<number> {
  const cut = withTimeout(image.clone().resize({ ...box, fit: 'cover' })).raw();
  const { info } = await cut.toBuffer({ resolveWithObject: true });
  const offset = isBelow ? info.cropOffsetTop : info.cropOffsetLeft;
  return Math.abs(offset ?? 0);
}

/** Replaces a command whose effect depends on the content by commands that do to every frame what it does to this image. */
export async function fixContentDecision(
  image: Sharp,
  command: Command,
  size: Size,
  context: CommandContext,
): Promise<Command[]> {
  if (command.operation === 'crop')
    return [{ operation: 'crop', ...(await locateCrop(image, command, size, context)) }];
  if (command.operation === 'trim') {
    if (!isTrimmable(size)) return [];
    const { operation: _trim, background, ...options } = command;
    const trimmed = image.clone().trim({ ...options, ...(background && { background }) });
    const { info } = await context.withTimeout(trimmed).raw().toBuffer({ resolveWithObject: true });
    const [left, top] = [Math.abs(info.trimOffsetLeft ?? 0), Math.abs(info.trimOffsetTop ?? 0)];
    return [{ operation: 'crop', left, top, width: info.width, height: info.height }];
  }
  if (command.operation !== 'resize') return [command];
  const cut = image.clone().resize({ ...command, kernel: command.kernel });
  const { info } = await context.withTimeout(cut).raw().toBuffer({ resolveWithObject: true });
  const { width, height, cropOffsetLeft = 0, cropOffsetTop = 0 } = info;
  return [
    { ...command, fit: 'outside', position: 'centre' },
    { operation: 'crop', left: Math.abs(cropOffsetLeft), top: Math.abs(cropOffsetTop), width, height },
  ];
}
