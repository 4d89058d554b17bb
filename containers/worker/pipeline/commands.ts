import sharp, { type Sharp } from 'sharp';
import type { Command, CommandParameters, Operation } from '../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { translateWatermarkError } from './sharp-errors.ts';

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
    checkResult(resizedTo(size, options));
    return image.resize(options);
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

function checkResult({ width, height }: Size): void {
  const limits = `${LIMITS.outputDimension} a side and ${LIMITS.outputPixels} in all`;
  const [w, h] = [Math.round(width), Math.round(height)];
  if (w <= LIMITS.outputDimension && h <= LIMITS.outputDimension && w * h <= LIMITS.outputPixels) return;
  throw new ImageServiceError('output_too_large', `The result would be ${w} × ${h} pixels; the limit is ${limits}.`);
}

/** What sharp makes of a size: one side follows the other, two sides are the box or are scaled to touch it. */
function resizedTo(size: Size, { width, height, fit, withoutEnlargement }: CommandParameters['resize']): Size {
  const scales = [width && width / size.width, height && height / size.height].filter((scale) => scale !== undefined);
  const oneSide = scales.length === 1;
  const scale = fit === 'outside' ? Math.max(...scales) : Math.min(...scales);
  if (withoutEnlargement && scale >= 1) return size;
  if (oneSide || fit === 'inside' || fit === 'outside')
    return { width: size.width * scale, height: size.height * scale };
  return { width: width ?? size.width, height: height ?? size.height };
}

/** The box around a turned image. */
function rotatedTo({ width, height }: Size, angle: number): Size {
  const [sine, cosine] = [Math.abs(Math.sin((angle * Math.PI) / 180)), Math.abs(Math.cos((angle * Math.PI) / 180))];
  return { width: width * cosine + height * sine, height: width * sine + height * cosine };
}
