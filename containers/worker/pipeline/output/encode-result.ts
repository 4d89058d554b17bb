import type { Output } from '../../../../shared/domain/commands.ts';
import { isWrittenDown } from '../../../../shared/domain/estimate.ts';
import type { OutputFormat } from '../../../../shared/domain/formats/image-format.ts';
import { checkResult } from '../../../../shared/domain/geometry.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import { openPixelsWithMetadata } from '../metadata/attach-metadata.ts';
import { metadataFor } from '../metadata/kept-metadata.ts';
import { fromPixels, materialisePixels, type PassContext, type PassInput, type Pixels } from '../run-passes.ts';
import { translateResultError } from '../sharp-errors.ts';
import type { Source } from '../source/read-source.ts';
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
  const kept = metadataFor(output, source);
  const open = pixels ? await openPixelsWithMetadata(pixels, kept, context) : () => input.image;
  const encodeAs = (with_: ResolvedOutput) =>
    encode(context.withTimeout(open()), with_, source).toBuffer({ resolveWithObject: true });
  if (maxBytes === undefined) return { format, ...(await encodeAs(settled)) };
  const fitted = await fitMaxBytes((at) => encodeAs({ ...settled, quality: at }), { maxBytes, from: quality });
  return { format, ...fitted };
}

async function chooseFormat(pixels: Pixels, { maxBytes }: Output): Promise<OutputFormat> {
  return autoFormat(await analyseContent(pixels), { isAnimation: false, isBounded: maxBytes !== undefined });
}
