import { type Budget, checkBudget } from '../../../shared/domain/budget.ts';
import type { Pipeline } from '../../../shared/domain/commands.ts';
import { checkPixels, type Size } from '../../../shared/domain/geometry.ts';
import { checkInputPixels } from '../../../shared/domain/input-pixels.ts';
import type { Original } from '../../../shared/domain/original.ts';
import { beginsUpright, openingOf, type Pass, planRendition, withoutOpening } from '../../../shared/domain/plan.ts';
import { checkPainting } from '../../../shared/domain/svg/svg-painting.ts';
import { uniqueWarnings, type Warning } from '../../../shared/domain/warnings.ts';
import type { CommandContext } from './commands/content-crop.ts';
import { encodeResult, type PipelineResult } from './output/encode-result.ts';
import { startTimeLimit } from './rendition-time-limit.ts';
import { runOnFrames } from './run-on-frames.ts';
import { applyPasses, type PassContext, type PassInput } from './run-passes.ts';
import { translateDecodeError } from './sharp-errors.ts';
import { describeOriginal } from './source/describe-original.ts';
import { readSource, type Source } from './source/read-source.ts';

export interface PipelineLimits {
  maxInputPixels: number;
  /** Whether HEIC is decoded. */
  heic?: boolean;
  maxInputChannels: number;
  maxOutputPixels: number;
  maxAnimationPixels: number;
  /** The time and memory that one rendition may take, as estimated before anything is decoded. */
  budget: Budget;
  /** Seconds for all commands of a rendition together. */
  timeoutSeconds: number;
}

export interface PipelineOptions extends Pick<CommandContext, 'fetchWatermark'> {
  limits: PipelineLimits;
  /** Aborted when the result is no longer wanted. */
  signal: AbortSignal;
  /** Facts about the watermark images, by id. */
  overlays?: Readonly<Record<string, Original>>;
  /** Whether every command has a pass for itself. Every fused plan must give the same result. */
  isUnfused?: boolean;
}

/** Reads the header of an original; refuses one that no pipeline may process. */
export async function openSource(path: string, limits: PipelineLimits): Promise<Source> {
  const source = await readSource(path, limits).catch(translateDecodeError);
  const { format } = source.kind;
  if (!source.isVector) checkInputPixels(source.size, { format, maxPixels: limits.maxInputPixels });
  return source;
}

/**
 * Applies the commands one after the other, in exactly the order of the list, and encodes the result. Commands that one libvips
 * pipeline carries out in their own order share a pass; passes are joined by raw pixels. The decode belongs to the first pass, so
 * that it can shrink on load, and the encoding to the last. `base` stands for the original where several renditions share its decode.
 */
export async function runPipeline(
  source: Source,
  pipeline: Pipeline,
  options: PipelineOptions & { base?: PassInput },
): Promise<PipelineResult> {
  const original = describeOriginal(source, pipeline, options.limits);
  const trimmedTo: Size[] = [];
  const onTrimmed = (size: Size) => {
    trimmedTo.push(size);
    checkBudget({ ...pipeline, original, overlays: options.overlays ?? {}, trimmedTo }, options.limits.budget);
  };
  const laidOver: Warning[] = [];
  const onWarnings = (warnings: Warning[]) => void laidOver.push(...warnings);
  const context = { ...openContext(source, options), onTrimmed, onWarnings };
  const input = options.base ?? openInput(source, pipeline, { original, ...options.limits });
  const planned = planRendition(
    pipeline,
    options.base ? { ...options.base.size, hasAlpha: options.base.hasAlpha } : original,
  );
  const passes = planned.map((pass, at) => (at === 0 ? withoutOpening(pass) : pass));
  if (original.frames) {
    // Frames come as they are stored.
    const turning = source.isUpright ? [] : planned.slice(0, 1).flatMap(openingOf);
    const run = { passes: [...turning, ...passes], output: pipeline.output };
    return await withWarnings(await runOnFrames(source, run, context), source, laidOver);
  }
  const applied = await applyPasses(input, options.isUnfused ? unfused(passes) : passes, context);
  const ending = { output: pipeline.output, source, context, passesMs: applied.passesMs };
  return await withWarnings(await encodeResult(applied.next, ending), source, laidOver);
}

/** Adds the warnings about what the result lacks; rejects when the original lacks too much. */
async function withWarnings(result: PipelineResult, source: Source, laidOver: Warning[]): Promise<PipelineResult> {
  const warnings = uniqueWarnings([...(await source.warnings()), ...laidOver, ...(result.warnings ?? [])]);
  return { ...result, ...(warnings.length > 0 && { warnings }) };
}

const unfused = (passes: Pass[]): Pass[] => [
  { commands: [] },
  ...passes.flatMap((pass) =>
    pass.commands.length === 0 ? [pass] : pass.commands.map((command) => ({ commands: [command] })),
  ),
];

export function openContext(source: Source, { limits, signal, fetchWatermark }: PipelineOptions): PassContext {
  return {
    ...limits,
    orient: source.orient,
    signal,
    fetchWatermark,
    drawOverlay: (draw) => draw(),
    withTimeout: startTimeLimit(limits.timeoutSeconds),
  };
}

/** The original, upright from the start unless the list names autoOrient at a later place. A drawing becomes pixels here. */
function openInput(
  source: Source,
  { commands }: Pipeline,
  { original, maxOutputPixels }: { original: Original; maxOutputPixels: number },
): PassInput {
  const { hasAlpha } = source;
  if (source.isVector) {
    const size = { width: original.width, height: original.height };
    checkPixels(size, maxOutputPixels);
    if (source.painting) checkPainting(source.painting, size);
    return { image: source.open().resize({ ...size, fit: 'fill' }), size, hasAlpha, isGray: false };
  }
  return beginsUpright(commands)
    ? { image: source.open().autoOrient(), size: source.uprightSize, hasAlpha, isGray: false }
    : { image: source.open(), size: source.size, hasAlpha, isGray: false };
}
