import { constants } from 'node:os';
import { runCommand, WrongUse } from './command-line.ts';
import { explainAwsError } from './target-stack/explain-aws-error.ts';
import { type Options, readOptions } from './verify/options.ts';
import { Report } from './verify/report.ts';
import { verify } from './verify/run.ts';
import { defaultStateFile, runIdentity } from './verify/run-identity.ts';
import { RunState } from './verify/run-state.ts';
import { findTargetStack, type TargetStack } from './verify/target-stack.ts';

/** The state is always on disk, so this only tells the user. */
function endOnSignals(report: Report): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      report.stop();
      process.stderr.write('Stopped. The same command goes on where it was.\n');
      process.exit(128 + constants.signals[signal]);
    });
  }
}

async function verifyStack(stack: TargetStack, options: Options): Promise<number> {
  if (stack.isCloud && options.adopt && options.owner === undefined) {
    throw new WrongUse(
      'In the cloud --adopt needs --owner NAME, who will own the images; everybody with an API key is local.',
    );
  }
  for (const note of stack.notes) process.stderr.write(`${note}\n`);
  const identity = runIdentity(stack.label, options);
  const state = new RunState(options.state ?? defaultStateFile(identity), identity, options);
  if (!options.json) process.stdout.write(`${stack.label}\n\n`);
  const report = new Report(state.progress, options);
  endOnSignals(report);
  try {
    if (state.isResumed) {
      const began = new Date(state.progress.startedAt).toISOString();
      process.stderr.write(`Going on with what began at ${began}; --restart begins anew.\n`);
      for await (const finding of state.findings()) report.found(finding);
    }
    await verify(stack, options, state, report);
  } finally {
    report.stop();
  }
  report.summary();
  state.remove();
  const { faults, found } = state.progress.counts;
  if (faults > 0) return 1;
  return found.unreadable ? 3 : 0;
}

async function main(): Promise<number> {
  const options = readOptions();
  const { data, adopt } = options;
  const stack = await findTargetStack({ data, isWriting: adopt }, process.env);
  try {
    return await verifyStack(stack, options);
  } catch (error) {
    throw stack.failure?.() ?? error;
  } finally {
    await stack.close();
  }
}

await runCommand(main, explainAwsError);
