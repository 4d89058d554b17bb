import type { Command, Pipeline } from '../../../shared/domain/commands.ts';
import type { Size } from '../../../shared/domain/geometry.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Original } from '../../../shared/domain/original.ts';
import { keepsAnimation } from './encode.ts';
import { kindOf } from './original-kind.ts';
import type { PipelineLimits } from './run-pipeline.ts';
import { openImage, type Source } from './source.ts';
import { drawnSize } from './vector.ts';

/** Images that are laid over, by id: those whose header can be read. What is wrong with another is told when it is needed. */
export async function readOverlays(
  watermarks: Record<string, string>,
  limits: PipelineLimits,
): Promise<Record<string, Original>> {
  const overlays: Record<string, Original> = {};
  // One behind the other, because a drawing may hold much while it is measured.
  for (const [imageId, path] of Object.entries(watermarks)) {
    const opened = await openImage(path, limits).catch(() => undefined);
    if (!opened) continue;
    const { width, height } = opened.vectorSize ?? opened.metadata;
    overlays[imageId] = { ...(await kindOf(path, opened)), width, height };
  }
  return overlays;
}

/** What is known of an original before it is decoded, as it is decoded for a list of commands. */
export function originalOf(
  source: Source,
  { commands, output }: Pipeline,
  limits: Pick<PipelineLimits, 'maxAnimationPixels'>,
): Original {
  const frames = framesKept(source, output, limits);
  return { ...source.kind, ...decodedSize(source, commands), ...(frames > 1 && { frames }) };
}

/** What is decoded, as it is stored. A drawing has the size that it is drawn in. */
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
