import sharp, { type Sharp } from 'sharp';
import { type Command, sizeAfter, traitsOf } from '../../../shared/domain/commands.ts';
import { checkResult, type Size } from '../../../shared/domain/geometry.ts';
import { opensTransparency, type Pass } from '../../../shared/domain/plan.ts';
import { execute } from './commands.ts';
import type { CommandContext } from './content-crop.ts';
import { translateResultError } from './sharp-errors.ts';
import { sharpenColours } from './sharpen-colours.ts';
import type { Source } from './source.ts';

/** An image between two passes: what sharp is to do next, and what it is before that. */
export interface Stage {
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
  /** Hears what each trim has left; throws where that makes the rest too costly. */
  onTrimmed?(size: Size): void;
}

/** Pixels in memory, as sharp gives and takes them. */
export interface Pixels extends Size {
  data: Buffer;
  channels: 1 | 2 | 3 | 4;
}

/** Tells sharp to carry out a pass. */
export async function applyPass(stage: Stage, { commands }: Pass, context: PassContext): Promise<Stage> {
  let { image, size, isGray } = stage;
  const mayBeTransparent = stage.hasAlpha || commands.some(opensTransparency);
  for (const command of commands) {
    const apply = (to: Sharp) => applyCommand(to, command, size, context);
    const { alpha } = traitsOf(command);
    const isApart = mayBeTransparent && alpha === 'coloured';
    const sigma = mayBeTransparent && command.operation === 'sharpen' ? command.sigma : undefined;
    if (isApart) image = await applyToColours(image, apply, context);
    else if (sigma !== undefined) image = await sharpenColours(image, apply, { sigma, context });
    else image = await apply(image);
    size = sizeAfter(command, size);
    if (alpha === 'added' && !stage.hasAlpha) image = image.removeAlpha();
    isGray ||= command.operation === 'grayscale';
  }
  return { ...stage, image, size, isGray };
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

/** Carries out what sharp was told so far and begins anew from its pixels. */
export async function settle(stage: Stage, context: CommandContext): Promise<Stage> {
  return fromPixels(await settledPixels(stage, context), context);
}

/** The pixels that sharp was told to make so far. */
export async function settledPixels({ image, isGray, hasAlpha }: Stage, context: CommandContext): Promise<Pixels> {
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

export function fromPixels(pixels: Pixels, { maxOutputPixels }: Pick<CommandContext, 'maxOutputPixels'>): Stage {
  const { data, width, height, channels } = pixels;
  const size = { width, height };
  checkResult(size, maxOutputPixels);
  const opened = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  // Left grey, an image would take no colour from a command.
  const image = channels < 3 ? opened.pipelineColourspace('srgb') : opened;
  return { image, size, hasAlpha: channels === 2 || channels === 4, isGray: false };
}

/** sharp's raw output of an image without colour has no transparency either; an uncompressed TIFF has. */
async function grayPixels(image: Sharp, { withTimeout }: CommandContext): Promise<Pixels> {
  const { data, info } = await withTimeout(image).tiff({ compression: 'none' }).toBuffer({ resolveWithObject: true });
  const pixels = await readPixels(sharp(data, { limitInputPixels: false }));
  return { ...pixels, width: info.width, height: info.height };
}
