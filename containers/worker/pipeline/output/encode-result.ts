import sharp, { type Sharp } from 'sharp';
import type { Output } from '../../../../shared/domain/commands.ts';
import { isWrittenDown } from '../../../../shared/domain/estimate.ts';
import type { OutputFormat } from '../../../../shared/domain/formats/image-format.ts';
import { checkResult } from '../../../../shared/domain/geometry.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import { type KeptMetadata, metadataFor } from '../metadata/kept-metadata.ts';
import { webpWithMetadata } from '../metadata/webp-metadata.ts';
import { fromPixels, materialisePixels, type PassContext, type PassInput, type Pixels } from '../run-passes.ts';
import { translateResultError } from '../sharp-errors.ts';
import type { Source } from '../source/source.ts';
import { analyseContent, autoFormat } from './auto-format.ts';
import { encode, type ResolvedOutput, withDefaults } from './encode.ts';
import { type Encoded, fitMaxBytes } from './fit-max-bytes.ts';

export interface PipelineResult {
  data: Buffer;
  format: OutputFormat;
  width: number;
  height: number;
  /** The number of frames; absent for a single image. */
  frames?: number;
  /** The quality that was found for `maxBytes`. */
  quality?: number;
  /** What the result lacks; absent if nothing. */
  warnings?: Warning[];
  /** Milliseconds of each pass but the last, which ends with the encoding. */
  passesMs: number[];
  encodeMs: number;
}

interface EncodeContext {
  output: Output;
  source: Source;
  context: PassContext;
  passesMs: number[];
}

/** Encodes the result of the passes. */
export async function encodeResult(
  input: PassInput,
  { output, source, context, passesMs }: EncodeContext,
): Promise<PipelineResult> {
  const begun = performance.now();
  context.signal.throwIfAborted();
  try {
    const { format, ...encoded } = await encodeInput(input, output, { source, context });
    const { width, height } = encoded.info;
    checkResult({ width, height }, context.maxOutputPixels);
    const { data, quality } = encoded;
    const encodeMs = performance.now() - begun;
    return { data, format, width, height, ...(quality && { quality }), passesMs: passesMs.slice(0, -1), encodeMs };
  } catch (error) {
    return translateResultError(error);
  }
}

async function encodeInput(
  input: PassInput,
  output: Output,
  { source, context }: Pick<EncodeContext, 'source' | 'context'>,
): Promise<Encoded & { format: OutputFormat; quality?: number }> {
  const { maxBytes } = output;
  const pixels = isWrittenDown(output, source.kind) ? await materialisePixels(input, context) : undefined;
  const format = output.format === 'auto' ? await chooseFormat(pixels as Pixels, output) : output.format;
  const { quality, ...rest } = output;
  // A quality would make a PNG with a palette, which is larger for a drawing; the quality was given for lossy formats.
  const isDrawing = output.format === 'auto' && format === 'png';
  const asked: ResolvedOutput = { ...rest, ...(quality !== undefined && !isDrawing && { quality }), format };
  const { width, height } = pixels ?? input.size;
  const { hasAlpha } = pixels ? fromPixels(pixels, context) : input;
  const settled = withDefaults(asked, { pixels: Math.round(width) * Math.round(height), hasAlpha });
  const open = pixels ? await opener(pixels, output, { source, context }) : () => input.image;
  const encodeAs = (with_: ResolvedOutput) =>
    encode(context.withTimeout(open()), with_, source).toBuffer({ resolveWithObject: true });
  if (maxBytes === undefined) return { format, ...(await encodeAs(settled)) };
  const fitted = await fitMaxBytes((at) => encodeAs({ ...settled, quality: at }), { maxBytes, from: quality });
  return { format, ...fitted };
}

async function chooseFormat(pixels: Pixels, { maxBytes }: Output): Promise<OutputFormat> {
  return autoFormat(await analyseContent(pixels), { isAnimation: false, isBounded: maxBytes !== undefined });
}

/** Opens the pixels again. When metadata are to be kept, the pixels are laid over an image that carries them, because sharp takes metadata from an input only. */
async function opener(
  pixels: Pixels,
  output: Output,
  { source, context }: Pick<EncodeContext, 'source' | 'context'>,
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

/** A new image of one pixel, 8 bits and sRGB, that carries the metadata that are kept. */
async function carrierOf(kept: KeptMetadata): Promise<Buffer> {
  const size = { width: 1, height: 1 };
  const pixel = await sharp({ create: { ...size, channels: 3, background: 'black' } })
    .webp()
    .toBuffer();
  return webpWithMetadata(pixel, kept, size);
}
