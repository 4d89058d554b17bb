import sharp, { type Sharp } from 'sharp';
import type { Output } from '../../../shared/domain/commands.ts';
import { isWrittenDown } from '../../../shared/domain/estimate.ts';
import type { OutputFormat } from '../../../shared/domain/formats/image-format.ts';
import { checkResult } from '../../../shared/domain/geometry.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { formatFor, lookAt } from './choose-format.ts';
import { encode, type SettledOutput, withDefaults } from './encode.ts';
import { type Encoded, fitBytes } from './fit-bytes.ts';
import { type KeptMetadata, metadataFor } from './kept-metadata.ts';
import { translateResultError } from './sharp-errors.ts';
import type { Source } from './source.ts';
import { fromPixels, type PassContext, type Pixels, type Stage, settledPixels } from './stage.ts';
import { withMetadata } from './webp-chunks.ts';

export interface PipelineResult {
  data: Buffer;
  format: OutputFormat;
  width: number;
  height: number;
  /** Of an animation. */
  frames?: number;
  /** Found for `maxBytes`. */
  quality?: number;
  /** What it lacks; absent if nothing. */
  warnings?: Warning[];
  /** Milliseconds of each pass but the last, which ends with the encoding. */
  passesMs: number[];
  encodeMs: number;
}

interface Ending {
  output: Output;
  source: Source;
  context: PassContext;
  passesMs: number[];
}

/** Encodes what the passes have led to. */
export async function finish(stage: Stage, { output, source, context, passesMs }: Ending): Promise<PipelineResult> {
  const begun = performance.now();
  context.signal.throwIfAborted();
  try {
    const { format, ...encoded } = await encodeStage(stage, output, { source, context });
    const { width, height } = encoded.info;
    checkResult({ width, height }, context.maxOutputPixels);
    const { data, quality } = encoded;
    const encodeMs = performance.now() - begun;
    return { data, format, width, height, ...(quality && { quality }), passesMs: passesMs.slice(0, -1), encodeMs };
  } catch (error) {
    return translateResultError(error);
  }
}

async function encodeStage(
  stage: Stage,
  output: Output,
  { source, context }: Pick<Ending, 'source' | 'context'>,
): Promise<Encoded & { format: OutputFormat; quality?: number }> {
  const { maxBytes } = output;
  const pixels = isWrittenDown(output, source.kind) ? await settledPixels(stage, context) : undefined;
  const format = output.format === 'auto' ? await chooseFormat(pixels as Pixels, output) : output.format;
  const { quality, ...rest } = output;
  // A quality would make a palette of it, which is larger for a drawing and not what it was given for.
  const isDrawing = output.format === 'auto' && format === 'png';
  const asked: SettledOutput = { ...rest, ...(quality !== undefined && !isDrawing && { quality }), format };
  const { width, height } = pixels ?? stage.size;
  const { hasAlpha } = pixels ? fromPixels(pixels, context) : stage;
  const settled = withDefaults(asked, { pixels: Math.round(width) * Math.round(height), hasAlpha });
  const open = pixels ? await opener(pixels, output, { source, context }) : () => stage.image;
  const encodeAs = (with_: SettledOutput) =>
    encode(context.withTimeout(open()), with_, source).toBuffer({ resolveWithObject: true });
  if (maxBytes === undefined) return { format, ...(await encodeAs(settled)) };
  const fitted = await fitBytes((at) => encodeAs({ ...settled, quality: at }), { maxBytes, from: quality });
  return { format, ...fitted };
}

async function chooseFormat(pixels: Pixels, { maxBytes }: Output): Promise<OutputFormat> {
  return formatFor(await lookAt(pixels), { isAnimation: false, isBounded: maxBytes !== undefined });
}

/** The pixels again; where metadata is to be kept, laid over what carries it, because sharp takes metadata from an input only. */
async function opener(
  pixels: Pixels,
  output: Output,
  { source, context }: Pick<Ending, 'source' | 'context'>,
): Promise<() => Sharp> {
  const kept = metadataFor(output, source);
  if (!kept) return () => fromPixels(pixels, context).image;
  const carrier = await carrierOf(kept);
  const { data, width, height, channels } = pixels;
  const { hasAlpha } = fromPixels(pixels, context);
  return () => {
    const carried = sharp(carrier).resize({ width, height, fit: 'fill', kernel: 'nearest' });
    const laid = carried.composite([{ input: data, raw: { width, height, channels }, blend: 'source' }]);
    return hasAlpha ? laid : laid.removeAlpha();
  };
}

/** What is kept of an original's metadata, on a pixel of 8 bits in sRGB that is not of it. */
async function carrierOf(kept: KeptMetadata): Promise<Buffer> {
  const size = { width: 1, height: 1 };
  const pixel = await sharp({ create: { ...size, channels: 3, background: 'black' } })
    .webp()
    .toBuffer();
  return withMetadata(pixel, kept, size);
}
