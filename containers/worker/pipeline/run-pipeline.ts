import sharp, { type Sharp } from 'sharp';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { Command, Pipeline } from '../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { type CommandContext, checkResult, execute, type Size } from './commands.ts';
import { encode, keepsTransparency } from './encode.ts';
import { translateDecodeError, translateResultError } from './sharp-errors.ts';
import { readSource, type Source } from './source.ts';

export interface PipelineOptions extends Pick<CommandContext, 'fetchWatermark' | 'maxInputPixels'> {
  /** Aborted when the result is no longer wanted. */
  signal: AbortSignal;
}

export interface PipelineResult {
  data: Buffer;
  width: number;
  height: number;
}

/** An image between two commands: what sharp is to do next, and the size it has before that. */
interface Stage {
  image: Sharp;
  size: Size;
}

/**
 * Applies the commands one after the other, in exactly the order of the list, and encodes the result. Every command has a sharp instance
 * of its own, joined to the next by raw pixels: one chain would run them in libvips' order. The decode belongs to the first
 * instance, so that it can shrink on load, and the encoding to the last.
 */
export async function runPipeline(
  path: string,
  { commands, output }: Pipeline,
  options: PipelineOptions,
): Promise<PipelineResult> {
  const source = await readSource(path, options.maxInputPixels).catch(translateDecodeError);
  const context: CommandContext = options;
  const withTimeout = startClock();
  const place = orientPlace(commands);
  let stage = openStage(source, place);
  const steps = stepsOf(commands, place);
  for (const [index, command] of steps.entries()) {
    options.signal.throwIfAborted();
    if (index > 0) stage = await settle(stage, withTimeout).catch(translateResultError);
    stage.image = await applyCommand(stage, command, source, context);
  }
  options.signal.throwIfAborted();
  if (opensTransparency(steps.at(-1)) && !keepsTransparency(output))
    stage = await settle(stage, withTimeout).catch(translateResultError);
  const { data, info } = await encode(withTimeout(stage.image), output, source)
    .toBuffer({ resolveWithObject: true })
    .catch(translateResultError);
  checkResult(info);
  return { data, width: info.width, height: info.height };
}

/** Where the list names autoOrient first; -1 if nowhere. */
const orientPlace = (commands: Command[]): number => commands.findIndex(({ operation }) => operation === 'autoOrient');

/** autoOrient acts once: at the start it belongs to the decode, named again it has nothing left to do. */
function stepsOf(commands: Command[], place: number): Command[] {
  return commands.filter(({ operation }, index) => operation !== 'autoOrient' || (index === place && place > 0));
}

/** Whether a command adds pixels of a background that may be transparent; sharp flattens before it adds them. */
const opensTransparency = (command: Command | undefined): boolean =>
  command?.operation === 'rotate' || (command?.operation === 'resize' && command.fit === 'contain');

/** The original, upright from the start unless the list names autoOrient at a later place. */
function openStage(source: Source, place: number): Stage {
  return place <= 0
    ? { image: source.open().autoOrient(), size: source.uprightSize }
    : { image: source.open(), size: source.size };
}

async function applyCommand(
  { image, size }: Stage,
  command: Command,
  source: Source,
  context: CommandContext,
): Promise<Sharp> {
  return command.operation === 'autoOrient' ? source.orient(image) : execute(image, command, size, context);
}

/** Carries out what sharp was told so far and begins anew from its pixels. */
async function settle({ image }: Stage, withTimeout: (image: Sharp) => Sharp): Promise<Stage> {
  const { data, info } = await withTimeout(image).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    image: sharp(data, { raw: { width, height, channels }, limitInputPixels: LIMITS.outputPixels }),
    size: { width, height },
  };
}

/** All commands of a rendition share one allowance of time. sharp counts whole seconds. */
function startClock(): (image: Sharp) => Sharp {
  const end = performance.now() + QUEUE_TIMING.processingTimeoutSeconds * 1000;
  return (image) => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    if (seconds > 0) return image.timeout({ seconds });
    const detail = `All commands together may take ${QUEUE_TIMING.processingTimeoutSeconds} s.`;
    throw new ImageServiceError('processing_timeout', detail);
  };
}
