import { checkBudget } from '../../../shared/domain/budget.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import type { Original } from '../../../shared/domain/original.ts';
import { kindOf } from './original-kind.ts';
import { decodedSize, framesKept, type PipelineLimits } from './run-pipeline.ts';
import { openImage, type Source } from './source.ts';

/** Images that are laid over, by id: those whose header can be read. What is wrong with another is told when it is needed. */
export async function readOverlays(
  watermarks: Record<string, string>,
  limits: PipelineLimits,
): Promise<Record<string, Original>> {
  const read = Object.entries(watermarks).map(async ([imageId, path]) => {
    const { metadata, vectorSize } = await openImage(path, limits);
    const { width, height } = vectorSize ?? metadata;
    return [imageId, { ...(await kindOf(path, metadata)), width, height }] as const;
  });
  const settled = await Promise.allSettled(read);
  return Object.fromEntries(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
}

/** Refuses a rendition that there is no time or no memory for, before a pixel is decoded: `rendition_too_costly`. */
export function checkAffordable(
  source: Source,
  { commands, output }: RenditionRequest,
  { overlays, limits }: { overlays: Record<string, Original>; limits: PipelineLimits },
): void {
  const frames = framesKept(source, output, limits);
  const original = { ...source.kind, ...decodedSize(source, commands), ...(frames > 1 && { frames }) };
  checkBudget({ original, overlays, commands, output }, limits.budget);
}
