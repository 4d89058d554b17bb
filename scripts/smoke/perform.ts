import { explainError } from '../command-line.ts';
import { ConnectionLost } from '../upload/http-exchange.ts';
import { cleanUp } from './deleting.ts';
import type { Run } from './run.ts';
import { STEPS, type Step } from './steps.ts';

const explain = (error: unknown): string =>
  error instanceof ConnectionLost ? error.message : explainError(error).replace(/\.$/, '');

/** Does one step. Returns whether it succeeded. */
async function perform(step: Step, run: Run): Promise<boolean> {
  const skipped = step.skipped?.(run);
  if (skipped) {
    run.log(`skipped ${step.says}: ${skipped}`);
    return true;
  }
  const begin = run.clock.now();
  const seconds = () => `${((run.clock.now() - begin) / 1000).toFixed(1)} s`;
  try {
    run.signal?.throwIfAborted();
    await step.run(run);
  } catch (error) {
    run.log(`FAILED  ${step.says} (${seconds()})`);
    run.log(`        ${explain(run.signal?.aborted ? run.signal.reason : error)}.`);
    if (!run.signal?.aborted) run.log(`        Suspect ${step.suspects}.`);
    return false;
  }
  run.log(`ok      ${step.says} (${seconds()})`);
  return true;
}

/** Does all steps, up to the first that fails, and deletes what is left. Returns the exit status. */
export async function runSmoke(run: Run): Promise<number> {
  let isGood = true;
  for (const step of STEPS) {
    isGood = await perform(step, run);
    if (!isGood) break;
  }
  if (isGood) return 0;
  if (!run.hasBegun) return 1;
  const { left, gone } = await cleanUp(run, run.api.with({ signal: undefined }));
  if (left.length === 0) {
    run.log(gone > 0 ? '        What was uploaded is deleted.' : '        The API shows nothing that was uploaded.');
    return 1;
  }
  run.log(`LEFT    Delete by hand, with the API key: ${left.join(', ')}`);
  return 3;
}
