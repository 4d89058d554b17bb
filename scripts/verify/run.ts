import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENT } from '../../shared/contracts/environment.ts';
import type { Finding } from './findings.ts';
import { judgeBy } from './judge.ts';
import type { Looking } from './look-at-bytes.ts';
import { OpenUploads } from './open-uploads.ts';
import type { Options } from './options.ts';
import { Pace } from './pace.ts';
import { lookThroughObjects } from './phase-objects.ts';
import { lookThroughRecords, noteUploadsSince } from './phase-records.ts';
import { lookThroughUploads } from './phase-uploads.ts';
import type { Place } from './place.ts';
import { PHASES, type Phase } from './progress.ts';
import type { RunState } from './run-state.ts';
import { SecondLooks } from './suspects.ts';

const MiB = 1024 ** 2;

/** Told of what happens. */
export interface Observer {
  found(finding: Finding): void;
  /** After every step. */
  stepped(): void;
}

/** What all parts of a run share. */
export interface Run {
  place: Place;
  options: Options;
  state: RunState;
  looking: Looking;
  /** Of the table, by items. */
  reads: Pace;
  openUploads: OpenUploads;
  secondLooks: SecondLooks;
  /** Bytes without a record that are no older, in epoch milliseconds, may belong to what is under way. */
  youngFrom: number;
  /** Notes a step that is done, and what was found in it that no second look changes. */
  step(findings?: readonly Finding[]): void;
}

const WORK: Record<Phase, (run: Run) => Promise<void>> = {
  records: lookThroughRecords,
  originals: (run) => lookThroughObjects(run, 'originals'),
  renditions: (run) => lookThroughObjects(run, 'renditions'),
  uploads: lookThroughUploads,
};

/** Goes through everything that is stored, from where the state says. */
export async function verify(place: Place, options: Options, state: RunState, observer: Observer): Promise<void> {
  const run = openRun({ place, options, state, observer });
  const { progress } = state;
  if (progress.phase !== 'records' || progress.cursor !== undefined) await noteUploadsSince(run);
  for (const phase of PHASES.slice(PHASES.indexOf(progress.phase))) {
    if (phase !== progress.phase) Object.assign(progress, { phase, cursor: undefined, done: [] });
    await WORK[phase](run);
    await run.secondLooks.settle({ all: true });
  }
}

interface RunParts {
  place: Place;
  options: Options;
  state: RunState;
  observer: Observer;
}

function openRun({ place, options, state, observer }: RunParts): Run {
  const { counts, startedAt } = state.progress;
  const looking: Looking = {
    objects: place.objects,
    bytes: new Pace(options.rateMiB * MiB),
    quick: options.quick,
    onRead: (bytes) => {
      counts.bytesRead += bytes;
      observer.stepped();
    },
  };
  const reads = new Pace(options.reads);
  const openUploads = new OpenUploads({ place, reads });
  const parts = { place, options, state, looking, reads, openUploads, youngFrom: youngFrom(startedAt, place, options) };
  const secondLooks = new SecondLooks({
    state,
    graceMs: options.graceMs,
    prepare: (judged, ripe) => openUploads.lookFor(judged, ripe),
    judge: judgeBy(parts),
    report: (finding) => observer.found(finding),
    wait: sleep,
  });
  return {
    ...parts,
    secondLooks,
    step(findings = []) {
      for (const finding of findings) state.add(finding);
      state.save();
      for (const finding of findings) observer.found(finding);
      observer.stepped();
    },
  };
}

/** Whether bytes of a time may belong to what is under way; counts them then. */
export function isYoung(time: Date, { state, youngFrom }: Pick<Run, 'state' | 'youngFrom'>): boolean {
  if (time.getTime() <= youngFrom) return false;
  const { counts, startedAt } = state.progress;
  const until = new Date(time.getTime() + startedAt - youngFrom).toISOString();
  counts.young += 1;
  if (counts.youngUntil === undefined || until > counts.youngUntil) counts.youngUntil = until;
  return true;
}

/**
 * The time, in epoch milliseconds, after which bytes may belong to an upload that is under way: that of the start, less what an upload has from its
 * first byte to its record. Without an age nothing is too young, be it as old as the start to the millisecond.
 */
function youngFrom(
  startedAt: number,
  { isStopped }: Pick<Place, 'isStopped'>,
  { ageMs: asked }: Pick<Options, 'ageMs'>,
): number {
  const ageMs = asked ?? (isStopped ? 0 : ENVIRONMENT.UPLOAD_TIMEOUT_SECONDS.validate(undefined).value * 1000);
  return ageMs === 0 ? Number.POSITIVE_INFINITY : startedAt - ageMs;
}
