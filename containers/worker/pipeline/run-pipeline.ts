import type { Budget } from '../../../shared/domain/budget.ts';
import type { Command, Pipeline } from '../../../shared/domain/commands.ts';
import { checkPixels, enlarges, type Size } from '../../../shared/domain/geometry.ts';
import { checkInputPixels } from '../../../shared/domain/input-pixels.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import {
  beginsUpright,
  isDecidedByContent,
  opensTransparency,
  type Pass,
  planPasses,
} from '../../../shared/domain/plan.ts';
import { runOnFrames } from './animation.ts';
import { startClock } from './clock.ts';
import type { CommandContext } from './content-crop.ts';
import { keepsAnimation, keepsTransparency } from './encode.ts';
import { finish, type PipelineResult } from './finish.ts';
import { applyPasses } from './passes.ts';
import { translateDecodeError } from './sharp-errors.ts';
import { readSource, type Source } from './source.ts';
import type { PassContext, Stage } from './stage.ts';
import { drawnSize } from './vector.ts';

export interface PipelineLimits {
  maxInputPixels: number;
  maxInputChannels: number;
  maxOutputPixels: number;
  maxAnimationPixels: number;
  /** Of one rendition, as estimated before anything is decoded. */
  budget: Budget;
  /** For all commands of a rendition together. */
  timeoutSeconds: number;
}

export interface PipelineOptions extends Pick<CommandContext, 'fetchWatermark'> {
  limits: PipelineLimits;
  /** Aborted when the result is no longer wanted. */
  signal: AbortSignal;
  /** One command to a pass: what every fused plan must equal. */
  isUnfused?: boolean;
}

/** Reads the header of an original; refuses what no pipeline may touch. */
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
  options: PipelineOptions & { base?: Stage },
): Promise<PipelineResult> {
  const context = openContext(source, options);
  const stage = options.base ?? openStage(source, pipeline, options.limits);
  const passes = planFor(pipeline, options.base ? undefined : source, { hasAlpha: stage.hasAlpha, ...options });
  if (framesKept(source, pipeline.output, options.limits) > 1) {
    // Its frames come as they are stored.
    const isTurned = !source.isUpright && beginsUpright(pipeline.commands);
    const turned: Pass[] = isTurned ? [{ commands: [{ operation: 'autoOrient' }] }] : [];
    return await runOnFrames(source, { passes: [...turned, ...passes], output: pipeline.output }, context);
  }
  const applied = await applyPasses(stage, passes, context);
  return await finish(applied.stage, { output: pipeline.output, source, context, passesMs: applied.passesMs });
}

/** How many frames of an original become frames of a result: one, unless it is an animation that stays one. */
export function framesKept(
  { animation, size }: Source,
  { format }: Pipeline['output'],
  { maxAnimationPixels }: Pick<PipelineLimits, 'maxAnimationPixels'>,
): number {
  if (animation === undefined || !keepsAnimation(format) || animation.frames > LIMITS.animationFrames) return 1;
  return animation.frames * size.width * size.height <= maxAnimationPixels ? animation.frames : 1;
}

export function openContext(source: Source, { limits, signal, fetchWatermark }: PipelineOptions): PassContext {
  return {
    ...limits,
    orient: source.orient,
    signal,
    fetchWatermark,
    withTimeout: startClock(limits.timeoutSeconds),
  };
}

/** What is decoded, as it is stored. A drawing has the size that it is drawn in. */
export const decodedSize = ({ isVector, size }: Source, commands: readonly Command[]): Size =>
  isVector
    ? drawnSize(
        size,
        commands.filter(({ operation }) => operation !== 'autoOrient'),
      )
    : size;

/** The original, upright from the start unless the list names autoOrient at a later place. A drawing becomes pixels here. */
function openStage(source: Source, { commands }: Pipeline, { maxOutputPixels }: PipelineLimits): Stage {
  const { hasAlpha } = source;
  if (source.isVector) {
    const size = decodedSize(source, commands);
    checkPixels(size, maxOutputPixels);
    return { image: source.open().resize({ ...size, fit: 'fill' }), size, hasAlpha, isGray: false };
  }
  return beginsUpright(commands)
    ? { image: source.open().autoOrient(), size: source.uprightSize, hasAlpha, isGray: false }
    : { image: source.open(), size: source.size, hasAlpha, isGray: false };
}

/** The passes, and one more where the encoder would flatten before commands that came first. */
function planFor(
  { commands, output }: Pipeline,
  original: Source | undefined,
  { hasAlpha, isUnfused }: { hasAlpha: boolean; isUnfused?: boolean },
): Pass[] {
  const [first, ...others] = planPasses({ commands }, { hasAlpha });
  // What opens the original turns it upright.
  const opening = first?.commands.slice(beginsUpright(commands) ? 1 : 0) ?? [];
  const isTurned = beginsUpright(commands) && original?.isUpright === false;
  const planned = [...openingPasses(opening, original, isTurned), ...others];
  const passes = isUnfused
    ? [{ commands: [] }, ...planned.flatMap((pass) => pass.commands.map((command) => ({ commands: [command] })))]
    : planned;
  const isFlattened = !keepsTransparency(output);
  const mayBeTransparent = hasAlpha || commands.some(opensTransparency);
  return isFlattened && mayBeTransparent
    ? [...passes, { commands: [], reason: 'the format has no transparency' }]
    : passes;
}

/** The first pass, cut before what needs pixels as they are when a pass ends: in sRGB, upright, and all of them. */
function openingPasses(commands: Command[], original: Source | undefined, isTurned: boolean): Pass[] {
  if (!original) return [{ commands }];
  const reasons = commands.map((_, at) => whyNotFromFile(commands.slice(0, at + 1), original, isTurned));
  const place = reasons.findIndex((reason) => reason !== undefined);
  const reason = reasons[place];
  if (reason === undefined) return [{ commands }];
  return [{ commands: commands.slice(0, place) }, { commands: commands.slice(place), reason }];
}

function whyNotFromFile(commands: Command[], original: Source, isTurned: boolean): string | undefined {
  const command = commands.at(-1) as Command;
  if (original.isVector) return 'the drawing is made pixels';
  if (original.isConverted && !isBlind(command)) return 'the original is not in 8 bits of sRGB';
  // A crop has sharp decode all of the original, and turn it first.
  const isCropped = commands.some(({ operation }) => operation === 'crop');
  if (command.operation !== 'resize' || isCropped) return undefined;
  if (command.kernel === 'nearest') return 'nearest takes pixels of the whole original, upright';
  const isMoved = isTurned && enlarges(command, original.uprightSize);
  return isMoved ? 'libvips moves what it enlarges, so the original is turned first' : undefined;
}

/** Whether a command moves and mixes pixels without regard to what they hold. */
export const isBlind = (command: Command): boolean =>
  !isDecidedByContent(command) &&
  (BLIND.has(command.operation) || (command.operation === 'resize' && command.fit !== 'contain'));

const BLIND: ReadonlySet<Command['operation']> = new Set(['autoOrient', 'crop', 'flip', 'flop']);
