import type { Sharp } from 'sharp';
import { type Command, type CommandParameters, type Operation, sizeAfter } from '../../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import {
  checkPixels,
  checkResult,
  cropRectangle,
  onlyScales,
  resizedTo,
  rounded,
  type Size,
} from '../../../../shared/domain/geometry.ts';
import { type CommandContext, isTrimmable, locateCrop } from './content-crop.ts';
import { placeOverlay, scaleWatermark } from './overlay.ts';
import { roundMask } from './round-corners.ts';
import { drawText } from './text-overlay.ts';

type Executor<O extends Operation> = (
  image: Sharp,
  parameters: CommandParameters[O],
  size: Size,
  context: CommandContext,
) => Sharp | Promise<Sharp>;

/** autoOrient is not here: it needs the original's metadata and is done where that is known. */
const EXECUTORS: { [O in Exclude<Operation, 'autoOrient'>]: Executor<O> } = {
  crop: async (image, crop, size, context) => {
    const isStrategy = crop.position === 'entropy' || crop.position === 'attention';
    return image.extract(isStrategy ? await locateCrop(image, crop, size, context) : cropRectangle(crop, size));
  },
  trim: (image, { background, ...options }, size) =>
    isTrimmable(size) ? image.trim({ ...options, ...(background && { background }) }) : image,
  extend: (image, options) => image.extend(options),
  resize: (image, options, size, { maxOutputPixels }) => {
    const { scaled } = resizedTo(size, options);
    checkPixels(scaled, maxOutputPixels);
    if (!onlyScales(options)) return image.resize(options);
    // sharp would derive a missing side from the size after shrinking on load, which is rounded already.
    return image.resize({ ...rounded(scaled), fit: 'fill', kernel: options.kernel });
  },
  rotate: (image, { angle, background }) => image.rotate(angle, { background }),
  flip: (image) => image.flip(),
  flop: (image) => image.flop(),
  flatten: (image, options) => image.flatten(options),
  blur: (image, { sigma }) => image.blur(sigma),
  sharpen: (image, { sigma, ...rest }) => (sigma === undefined ? image.sharpen() : image.sharpen({ sigma, ...rest })),
  median: (image, { size: side }, size) => {
    checkWindow('median', { width: side, height: side }, size);
    return image.median(side);
  },
  gamma: (image, { gamma, gammaOut }) => image.gamma(gamma, gammaOut),
  negate: (image, options) => image.negate(options),
  normalise: (image, options) => image.normalise(options),
  clahe: (image, options, size) => {
    checkWindow('clahe', options, size);
    return image.clahe(options);
  },
  modulate: (image, options) => image.modulate(options),
  tint: (image, { tint }) => image.tint(tint),
  grayscale: (image) => image.grayscale(),
  linear: (image, { a, b }) => {
    const length = Math.max(Array.isArray(a) ? a.length : 1, Array.isArray(b) ? b.length : 1);
    const each = (value: number | number[]) => (Array.isArray(value) ? value : new Array<number>(length).fill(value));
    return image.linear(each(a), each(b));
  },
  // sharp reads 0 as no threshold, but it is one that all values reach.
  threshold: (image, { threshold, grayscale }) =>
    threshold > 0 ? image.threshold(threshold, { grayscale }) : image.linear(0, 255),
  roundCorners: (image, { radius }, size) => image.composite([{ input: roundMask(size, radius), blend: 'dest-in' }]),
  watermark: async (image, { imageId, ...placement }, size, context) => {
    const overlay = await context.drawOverlay(async () => {
      const path = await context.fetchWatermark(imageId);
      return await scaleWatermark(path, placement, size, context);
    });
    return image.composite([placeOverlay(overlay, placement, size)]);
  },
  watermarkText: async (image, parameters, size, context) => {
    const overlay = await context.drawOverlay(() => drawText(parameters, size, context));
    return image.composite([placeOverlay(overlay, parameters, size)]);
  },
};

function checkWindow(operation: Operation, window: Size, size: Size): void {
  if (window.width <= Math.round(size.width) && window.height <= Math.round(size.height)) return;
  const detail = `The windows of ${operation} have ${window.width} × ${window.height} pixels, the image ${Math.round(size.width)} × ${Math.round(size.height)}.`;
  throw new ImageServiceError('command_not_applicable', detail);
}

/** Tells sharp to carry out one command on an image of that size. */
export function execute(
  image: Sharp,
  command: Exclude<Command, { operation: 'autoOrient' }>,
  size: Size,
  context: CommandContext,
): Sharp | Promise<Sharp> {
  const { operation, ...parameters } = command;
  checkResult(sizeAfter(command, size), context.maxOutputPixels);
  const executor = EXECUTORS[operation] as Executor<Operation>;
  return executor(image, parameters as CommandParameters[Operation], size, context);
}
