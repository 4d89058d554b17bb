import type { Command, Pipeline } from '../../../../shared/domain/commands.ts';
import type { Size } from '../../../../shared/domain/geometry.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import type { Original } from '../../../../shared/domain/original.ts';
import { keepsAnimation } from '../output/encode.ts';
import type { PipelineLimits } from '../run-pipeline.ts';
import { openImage } from './open-image.ts';
import { readOriginalKind } from './original-kind.ts';
import type { Source } from './read-source.ts';
import { drawnSize } from './svg-drawn-size.ts';

/** Facts about the watermark images whose header can be read, by id. The error of another is reported when it is needed. */
export async function readOverlays(
  watermarks: Record<string, string>,
  limits: PipelineLimits,
): Promise<Record<string, Original>> {
  const overlays: Record<string, Original> = {};
  // One after the other, because measuring a drawing may take much memory.
  for (const [imageId, path] of Object.entries(watermarks)) {
    const opened = await openImage(path, limits).catch(() => undefined);
    if (!opened) continue;
    const { width, height } = opened.vectorSize ?? opened.metadata;
    overlays[imageId] = { ...(await readOriginalKind(path, opened)), width, height };
  }
  return overlays;
}

/** Facts about an original before it is decoded for a list of commands. */
export function describeOriginal(
  source: Source,
  { commands, output }: Pipeline,
  limits: Pick<PipelineLimits, 'maxAnimationPixels'>,
): Original {
  const frames = framesKept(source, output, limits);
  return { ...source.kind, ...decodedSize(source, commands), ...(frames > 1 && { frames }) };
}

/** The size that is decoded, before it is turned upright. A drawing has the size in which it is drawn. */
const decodedSize = ({ isVector, size }: Source, commands: readonly Command[]): Size =>
  isVector
    ? drawnSize(
        size,
        commands.filter(({ operation }) => operation !== 'autoOrient'),
      )
    : size;

/** How many frames of an original become frames of a result: one, unless it is an animation that stays one. */
function framesKept(
  { animation, size }: Source,
  { format }: Pipeline['output'],
  { maxAnimationPixels }: Pick<PipelineLimits, 'maxAnimationPixels'>,
): number {
  if (animation === undefined || !keepsAnimation(format) || animation.frames > LIMITS.animationFrames) return 1;
  return animation.frames * size.width * size.height <= maxAnimationPixels ? animation.frames : 1;
}
