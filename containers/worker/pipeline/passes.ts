import { leavesUnknownSize } from '../../../shared/domain/commands.ts';
import type { Pass } from '../../../shared/domain/plan.ts';
import { translateResultError } from './sharp-errors.ts';
import { dropSpentPixels } from './spent-pixels.ts';
import { applyPass, type PassContext, type Stage, settle } from './stage.ts';

/** Carries passes out one behind the other; what the last one told sharp is left to whoever encodes. */
export async function applyPasses(
  start: Stage,
  passes: Pass[],
  context: PassContext,
): Promise<{ stage: Stage; passesMs: number[] }> {
  let stage = start;
  const passesMs: number[] = [];
  for (const [index, pass] of passes.entries()) {
    context.signal.throwIfAborted();
    const begun = performance.now();
    if (index > 0) stage = await settle(stage, context);
    if (passes[index - 1]?.commands.some(leavesUnknownSize)) context.onTrimmed?.(stage.size);
    dropSpentPixels();
    stage = await applyPass(stage, pass, context).catch(translateResultError);
    passesMs.push(performance.now() - begun);
  }
  return { stage, passesMs };
}
