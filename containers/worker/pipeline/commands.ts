import sharp, { type Sharp } from 'sharp';
import type { Command, CommandParameters, Operation } from '../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { translateWatermarkError } from './sharp-errors.ts';
import { checkWholeFile } from './whole-file.ts';

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/** What commands need beside the image. */
export interface CommandContext {
  maxInputPixels: number;
  /** The path of an image that may be used as a watermark. */
  fetchWatermark(imageId: string): Promise<string>;
}

type Executor<O extends Operation> = (
  image: Sharp,
  parameters: CommandParameters[O],
  size: Size,
  context: CommandContext,
) => Sharp | Promise<Sharp>;

/** autoOrient is not here: it needs the original's metadata and is done in run-pipeline.ts. */
const EXECUTORS: { [O in Exclude<Operation, 'autoOrient'>]: Executor<O> } = {
  crop: (image, { left, top, width, height }, size) => {
    if (left + width > size.width || top + height > size.height) {
      const detail = `The crop ends at ${left + width} × ${top + height}, the image at ${size.width} × ${size.height}.`;
      throw new ImageServiceError('crop_outside_image', detail);
    }
    return image.extract({ left, top, width, height });
  },
  resize: (image, options, size) => {
    const { scaled, result } = resizedTo(size, options);
    checkPixels(scaled);
    checkResult(result);
    // With one side the other follows; sharp's other fits would take it from the image as it is.
    return image.resize(isOneSided(options) ? { ...options, fit: 'inside' } : options);
  },
  rotate: (image, { angle, background }, size) => {
    checkResult(rotatedTo(size, angle));
    return image.rotate(angle, { background });
  },
  flip: (image) => image.flip(),
  flop: (image) => image.flop(),
  grayscale: (image) => image.grayscale(),
  blur: (image, { sigma }) => image.blur(sigma),
  sharpen: (image, { sigma, ...flatAndJagged }) =>
    sigma === undefined ? image.sharpen() : image.sharpen({ sigma, ...flatAndJagged }),
  watermark: async (image, { imageId, gravity, opacity, scale }, size, context) => {
    const path = await context.fetchWatermark(imageId);
    await checkWholeFile(path, 'watermark_unreadable');
    const box =
      scale === undefined ? size : { width: Math.max(1, Math.round(size.width * scale)), height: size.height };
    const veil = {
      input: Buffer.from([255, 255, 255, Math.round(opacity * 255)]),
      raw: { width: 1, height: 1, channels: 4 as const },
    };
    const { data, info } = await sharp(path, { failOn: 'warning', limitInputPixels: context.maxInputPixels })
      .autoOrient()
      .resize({ ...box, fit: 'inside', withoutEnlargement: scale === undefined })
      .composite([{ ...veil, tile: true, blend: 'dest-in' }])
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch(translateWatermarkError);
    const { width, height, channels } = info;
    return image.composite([{ input: data, raw: { width, height, channels }, gravity }]);
  },
};

/** Tells sharp to carry out one command on an image of that size. */
export function execute(
  image: Sharp,
  { operation, ...parameters }: Exclude<Command, { operation: 'autoOrient' }>,
  size: Size,
  context: CommandContext,
): Sharp | Promise<Sharp> {
  const executor = EXECUTORS[operation] as Executor<Operation>;
  return executor(image, parameters as CommandParameters[Operation], size, context);
}

const tooLarge = ({ width, height }: Size): ImageServiceError => {
  const limits = `${LIMITS.outputDimension} a side and ${LIMITS.outputPixels} in all`;
  const size = `${Math.round(width)} × ${Math.round(height)}`;
  return new ImageServiceError('output_too_large', `The result would be ${size} pixels; the limit is ${limits}.`);
};

function checkPixels(size: Size): void {
  if (Math.round(size.width) * Math.round(size.height) > LIMITS.outputPixels) throw tooLarge(size);
}

/** Refuses a result that is larger than allowed. */
export function checkResult(size: Size): void {
  checkPixels(size);
  if (Math.round(Math.max(size.width, size.height)) > LIMITS.outputDimension) throw tooLarge(size);
}

const isOneSided = ({ width, height }: CommandParameters['resize']): boolean =>
  width === undefined || height === undefined;

/** The sizes an image has in sharp's resize: when it is scaled, and then, cut to the box or laid in it. */
function resizedTo(size: Size, options: CommandParameters['resize']): { scaled: Size; result: Size } {
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
  if (fit === 'contain') return { scaled, result: { width, height } };
  if (fit !== 'cover') return same(scaled);
  return { scaled, result: { width: Math.min(width, scaled.width), height: Math.min(height, scaled.height) } };
}

/** The box around a turned image. */
function rotatedTo({ width, height }: Size, angle: number): Size {
  const [sine, cosine] = [Math.abs(Math.sin((angle * Math.PI) / 180)), Math.abs(Math.cos((angle * Math.PI) / 180))];
  return { width: width * cosine + height * sine, height: width * sine + height * cosine };
}
