import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import type { ObjectChecks } from './check-object.ts';
import type { Finding } from './findings.ts';
import { OpenUploads } from './open-uploads.ts';
import type { Options } from './options.ts';
import { verifyObjects } from './phase-objects.ts';
import { findOpenUploadsAgain, verifyRecords } from './phase-records.ts';
import { verifyUploads } from './phase-uploads.ts';
import { PHASES, type Phase } from './progress.ts';
import { RateLimiter } from './rate-limiter.ts';
import { recheckBy } from './recheck.ts';
import { RecheckQueue } from './recheck-queue.ts';
import type { RunState } from './run-state.ts';
import type { TargetStack } from './target-stack.ts';

const MiB = 1024 ** 2;

/** Receives events as they happen. */
export interface Observer {
  found(finding: Finding): void;
  /** After every step. */
  stepped(): void;
}

/** The state and tools that all phases of a run share. */
export interface VerifyRun {
  stack: TargetStack;
  options: Options;
  state: RunState;
  looking: ObjectChecks;
  /** Limits the reads of the table, by items. */
  reads: RateLimiter;
  openUploads: OpenUploads;
  rechecks: RecheckQueue;
  /** Epoch milliseconds. Newer bytes without a record may belong to an upload that is under way. */
  recentFrom: number;
  /** Saves the state after a step, with findings that need no recheck. */
  step(findings?: readonly Finding[]): void;
}

const WORK: Record<Phase, (run: VerifyRun) => Promise<void>> = {
  records: verifyRecords,
  originals: (run) => verifyObjects(run, 'originals'),
  renditions: (run) => verifyObjects(run, 'renditions'),
  uploads: verifyUploads,
};

/** Verifies everything that is stored, starting where the state left off. */
export async function verify(stack: TargetStack, options: Options, state: RunState, observer: Observer): Promise<void> {
  const run = openRun({ stack, options, state, observer });
  const { progress } = state;
  if (progress.phase !== 'records' || progress.cursor !== undefined) await findOpenUploadsAgain(run);
  for (const phase of PHASES.slice(PHASES.indexOf(progress.phase))) {
    if (phase !== progress.phase) Object.assign(progress, { phase, cursor: undefined, done: [] });
    await WORK[phase](run);
    await run.rechecks.settle({ all: true });
  }
}

interface RunParts {
  stack: TargetStack;
  options: Options;
  state: RunState;
  observer: Observer;
}

function openRun({ stack, options, state, observer }: RunParts): VerifyRun {
  const { counts, startedAt } = state.progress;
  const looking: ObjectChecks = {
    objects: stack.objects,
    bytes: new RateLimiter(options.rateMiB * MiB),
    quick: options.quick,
    onRead: (bytes) => {
      counts.bytesRead += bytes;
      observer.stepped();
    },
  };
  const reads = new RateLimiter(options.reads);
  const openUploads = new OpenUploads({ stack, reads });
  const parts = {
    stack,
    options,
    state,
    looking,
    reads,
    openUploads,
    recentFrom: recentFrom(startedAt, stack, options),
  };
  const rechecks = new RecheckQueue({
    state,
    graceMs: options.graceMs,
    prepare: (due, ripe) => openUploads.lookFor(due, ripe),
    recheck: recheckBy(parts),
    report: (finding) => observer.found(finding),
    wait: sleep,
  });
  return {
    ...parts,
    rechecks,
    step(findings = []) {
      for (const finding of findings) state.add(finding);
      state.save();
      for (const finding of findings) observer.found(finding);
      observer.stepped();
    },
  };
}

/** Whether bytes of this time may belong to an upload that is under way; counts them if so. */
export function isTooRecent(time: Date, { state, recentFrom }: Pick<VerifyRun, 'state' | 'recentFrom'>): boolean {
  if (time.getTime() <= recentFrom) return false;
  const { counts, startedAt } = state.progress;
  const until = new Date(time.getTime() + startedAt - recentFrom).toISOString();
  counts.young += 1;
  if (counts.youngUntil === undefined || until > counts.youngUntil) counts.youngUntil = until;
  return true;
}

/**
 * The time, in epoch milliseconds, after which bytes may belong to an upload that is under way: that of the start, less what an upload has from its
 * first byte to its record. Without an age nothing is too young, be it as old as the start to the millisecond.
 */
function recentFrom(
  startedAt: number,
  { isStopped }: Pick<TargetStack, 'isStopped'>,
  { ageMs: asked }: Pick<Options, 'ageMs'>,
): number {
  const ageMs = asked ?? (isStopped ? 0 : ENVIRONMENT.UPLOAD_TIMEOUT_SECONDS.validate(undefined).value * 1000);
  return ageMs === 0 ? Number.POSITIVE_INFINITY : startedAt - ageMs;
}
