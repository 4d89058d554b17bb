import sharp, { type Sharp } from 'sharp';
import { type Command, leavesUnknownSize, sizeAfter, traitsOf } from '../../../shared/domain/commands.ts';
import { checkResult, type Size } from '../../../shared/domain/geometry.ts';
import { opensTransparency, type Pass } from '../../../shared/domain/plan.ts';
import { workInSrgb } from './colour/srgb.ts';
import type { CommandContext } from './commands/content-crop.ts';
import { execute } from './commands/execute.ts';
import { sharpenColours } from './commands/sharpen-colours.ts';
import { collectGarbage } from './garbage-collection.ts';
import { translateResultError } from './sharp-errors.ts';
import type { Source } from './source/read-source.ts';

/** An image before a pass: the operations that sharp has not run yet, and the facts about their result. */
export interface PassInput {
  image: Sharp;
  size: Size;
  hasAlpha: boolean;
  /** Whether sharp was told to take the colour away. */
  isGray: boolean;
}

export interface PassContext extends CommandContext {
  /** Turns pixels as the original's EXIF says. */
  orient: Source['orient'];
  /** Aborted when the result is no longer wanted. */
  signal: AbortSignal;
  /** Called with the size after each trim; throws if that makes the rest too costly. */
  onTrimmed?(size: Size): void;
}

/** Pixels in memory, as sharp gives and takes them. */
export interface Pixels extends Size {
  data: Buffer;
  channels: 1 | 2 | 3 | 4;
}

/** Applies passes one after the other. The operations of the last one run together with the encoding. */
export async function applyPasses(
  start: PassInput,
  passes: Pass[],
  context: PassContext,
): Promise<{ next: PassInput; passesMs: number[] }> {
  let next = start;
  const passesMs: number[] = [];
  for (const [index, pass] of passes.entries()) {
    context.signal.throwIfAborted();
    const begun = performance.now();
    if (index > 0) next = await materialise(next, context);
    if (passes[index - 1]?.commands.some(leavesUnknownSize)) context.onTrimmed?.(next.size);
    collectGarbage();
    next = await applyPass(next, pass, context).catch(translateResultError);
    passesMs.push(performance.now() - begun);
  }
  return { next, passesMs };
}

/** Adds the operations of a pass to an image. */
async function applyPass(input: PassInput, { commands }: Pass, context: PassContext): Promise<PassInput> {
  let { image, size, isGray } = input;
  const mayBeTransparent = input.hasAlpha || commands.some(opensTransparency);
  for (const command of commands) {
    const apply = (to: Sharp) => applyCommand(to, command, size, context);
    const { alpha } = traitsOf(command);
    const isApart = mayBeTransparent && alpha === 'coloured';
    const sigma = mayBeTransparent && command.operation === 'sharpen' ? command.sigma : undefined;
    if (isApart) image = await applyToColours(image, apply, context);
    else if (sigma !== undefined) image = await sharpenColours(image, apply, { sigma, context });
    else image = await apply(image);
    size = sizeAfter(command, size);
    if (alpha === 'added' && !input.hasAlpha) image = image.removeAlpha();
    isGray ||= command.operation === 'grayscale';
  }
  return { ...input, image, size, isGray };
}

async function applyToColours(
  image: Sharp,
  apply: (image: Sharp) => Sharp | Promise<Sharp>,
  context: PassContext,
): Promise<Sharp> {
  const before = await readPixels(context.withTimeout(image));
  const after = await readPixels(context.withTimeout(await apply(fromPixels(before, context).image)));
  if (before.channels === 4 && after.channels === 4)
    for (let at = 3; at < after.data.length; at += 4) after.data[at] = before.data[at] ?? 0;
  return fromPixels(after, context).image;
}

function applyCommand(image: Sharp, command: Command, size: Size, context: PassContext): Sharp | Promise<Sharp> {
  return command.operation === 'autoOrient' ? context.orient(image) : execute(image, command, size, context);
}

/** Has sharp carry out the commands so far and begins anew from the pixels. */
export async function materialise(input: PassInput, context: CommandContext): Promise<PassInput> {
  return fromPixels(await materialisePixels(input, context), context);
}

/** The pixels after the commands so far. */
export async function materialisePixels(
  { image, isGray, hasAlpha }: PassInput,
  context: CommandContext,
): Promise<Pixels> {
  try {
    if (isGray && hasAlpha) return await grayPixels(image, context);
    return await readPixels(context.withTimeout(image));
  } catch (error) {
    return translateResultError(error);
  }
}

export async function readPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

export function fromPixels(pixels: Pixels, { maxOutputPixels }: Pick<CommandContext, 'maxOutputPixels'>): PassInput {
  const { data, width, height, channels } = pixels;
  const size = { width, height };
  checkResult(size, maxOutputPixels);
  const opened = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  const image = channels < 3 ? workInSrgb(opened) : opened;
  return { image, size, hasAlpha: channels === 2 || channels === 4, isGray: false };
}

/** sharp's raw output of an image without colour has no transparency either; an uncompressed TIFF has. */
async function grayPixels(image: Sharp, { withTimeout }: CommandContext): Promise<Pixels> {
  const { data, info } = await withTimeout(image).tiff({ compression: 'none' }).toBuffer({ resolveWithObject: true });
  const pixels = await readPixels(sharp(data, { limitInputPixels: false }));
  return { ...pixels, width: info.width, height: info.height };
}
