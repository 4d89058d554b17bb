import { type ErrorCode, ImageServiceError } from '../../../shared/domain/errors.ts';
import type { Description } from '../pipeline/placeholder.ts';
import type { Rendered, RenderFailure, RenderJob } from '../pipeline/render-job.ts';
import { watchMemory } from './memory-watch.ts';
import type { TimeAllowance } from './message-time-limit.ts';
import { type Answer, checkAnswer, type Order, type TimedAnswer } from './protocol.ts';
import type { SpawnedProcess } from './spawn.ts';

/** Events of a job while it runs. */
export type JobEvent =
  | { kind: 'begun'; pid: number }
  | { kind: 'rendering'; index: number }
  | { kind: 'rendered'; index: number; result: Rendered; cpuMs: number }
  | { kind: 'failed'; index: number; failure: RenderFailure; cpuMs: number }
  | { kind: 'described'; description: Description }
  /** The process has ended before all renditions were reported. `cpuMs` is the processor time of which no other event tells, as far as it was seen. */
  | { kind: 'died'; cpuMs: number };

export interface JobOptions {
  /** Aborted when nobody wants the results any more. */
  signal: AbortSignal;
  onEvent(event: JobEvent): void;
  /** Resolves when there is room for another result. No time limit counts this wait. */
  room(): Promise<void>;
  /** The time that is left for the message; the time of this job is subtracted from it. */
  time: TimeAllowance;
}

export interface ProcessLimits {
  /** Bytes that the process may have resident. */
  memoryBytes: number;
  /** Seconds for one rendition; the first one's include opening the original, and the steps after the last rendition have as many. sharp's own limit is reached first if it works. */
  timeoutSeconds: number;
  /** Seconds beyond that for the process to report the timeout itself. */
  graceSeconds?: number;
}

/** `peakMemoryBytes` is the most that was resident. `closing` is the reason if the process was ended after all renditions were reported. */
export type JobDone = { peakMemoryBytes: number; closing?: Error };

/** The end of a job that was not done. */
interface JobDeath {
  /** Whether the process had begun the job, which may then be the reason. */
  isBegun: boolean;
  error: ImageServiceError;
}

const GRACE_SECONDS = 3;

/** Seconds for a process to start and take a job. */
const BEGIN_SECONDS = 10;

/** Reasons for the death of a process, by the error code that its rendition gets. */
const DEATH_DETAILS = {
  processing_crashed: 'The process that worked on the image died.',
  processing_memory: 'Processing needed more memory than allowed and was ended.',
} satisfies Partial<Record<ErrorCode, string>>;

/** The error for a rendition that took longer than it may. */
const timedOut = (allowedSeconds: number): ImageServiceError =>
  new ImageServiceError(
    'processing_timeout',
    `Processing took longer than the ${allowedSeconds} s that a rendition may take. Resize the image to fewer pixels first, or ask again: the machine may have been busy.`,
  );

/** The error for a message whose renditions together took longer than they may. */
export const messageTimedOut = ({ allowedSeconds }: TimeAllowance): ImageServiceError =>
  new ImageServiceError(
    'processing_timeout',
    `All renditions of one request together may take ${allowedSeconds} s. Ask for fewer at once, or for less work in each.`,
  );

/**
 * Has a process do a job, order by order. Each order has a time limit of its own, which nothing that the process says can extend. A process
 * is ended when it gives an answer that does not fit the order, when it takes too much memory, and when its job is aborted.
 */
export async function runJob(
  process: SpawnedProcess,
  job: RenderJob,
  options: JobOptions & ProcessLimits,
): Promise<JobDone | JobDeath> {
  const { signal, memoryBytes, timeoutSeconds, graceSeconds = GRACE_SECONDS, onEvent, room } = options;
  const { ask, toldCpuMs, reason, end } = conversation(process, options);
  const watch = watchMemory(process.pid, memoryBytes, () => end(died('processing_memory')));
  signal.addEventListener('abort', process.kill);
  const allowedMs = (timeoutSeconds + graceSeconds) * 1000;
  let isBegun = false;
  let isMade = false;
  try {
    const begun = await ask({ order: 'begin' }, BEGIN_SECONDS * 1000);
    isBegun = true;
    onEvent(begun as Extract<Answer, { kind: 'begun' }>);
    const opening = performance.now();
    const opened = await ask({ order: 'open', job }, allowedMs);
    let openingMs = performance.now() - opening;
    let openingCpuMs = opened.cpuMs;
    for (const index of job.requests.keys()) {
      const failure = refusalOf(opened, index);
      if (failure) onEvent({ kind: 'failed', index, failure, cpuMs: 0 });
      else {
        await room();
        onEvent({ kind: 'rendering', index });
        // The time for opening counts for the first rendition, so that none has more than its time.
        const leftMs = allowedMs - openingMs;
        openingMs = 0;
        const answer = await ask({ order: 'render', index }, leftMs);
        onEvent({ ...answer, index, cpuMs: answer.cpuMs + openingCpuMs } as JobEvent);
        openingCpuMs = 0;
      }
    }
    isMade = true;
    if (job.isFirst && opened.kind !== 'failed') {
      const described = await ask({ order: 'describe' }, allowedMs);
      if (described.kind === 'described') onEvent(described);
    }
    await ask({ order: 'close' }, allowedMs);
    return { peakMemoryBytes: watch.peak() };
  } catch (cause) {
    process.kill();
    const { isMemory } = await process.exited;
    if (isBegun && !isMade) onEvent({ kind: 'died', cpuMs: Math.max(0, watch.cpuMs() - toldCpuMs()) });
    const error = reason(isMemory ? died('processing_memory', cause) : died('processing_crashed', cause));
    return isMade ? { peakMemoryBytes: watch.peak(), closing: error } : { isBegun, error };
  } finally {
    watch.stop();
    signal.removeEventListener('abort', process.kill);
  }
}

/** The reason not to begin a rendition: the original cannot be opened, or the rendition would take too much time or memory. */
function refusalOf(opened: Answer, index: number): RenderFailure | undefined {
  if (opened.kind === 'failed') return opened.failure;
  return opened.kind === 'opened' ? opened.refused.find((each) => each.index === index)?.failure : undefined;
}

const died = (code: keyof typeof DEATH_DETAILS, cause?: unknown): ImageServiceError =>
  new ImageServiceError(code, DEATH_DETAILS[code], { cause });

/** Gives a process one order after the other. The first reason for ending it is the one that counts. */
function conversation(
  process: SpawnedProcess,
  { time, timeoutSeconds }: Pick<JobOptions & ProcessLimits, 'time' | 'timeoutSeconds'>,
) {
  let first: ImageServiceError | undefined;
  let toldCpuMs = 0;
  const end = (error: ImageServiceError): void => {
    first ??= error;
    process.kill();
  };
  const ask = async (order: Order, allowedMs: number): Promise<TimedAnswer> => {
    const leftMs = time.leftMs();
    const late = () => end(leftMs < allowedMs ? messageTimedOut(time) : timedOut(timeoutSeconds));
    const begun = performance.now();
    const timer = setTimeout(late, Math.min(allowedMs, leftMs));
    try {
      const answer = checkAnswer(order, await process.ask(order));
      toldCpuMs += answer.cpuMs;
      return answer;
    } finally {
      clearTimeout(timer);
      time.spend(performance.now() - begun);
    }
  };
  return { ask, end, toldCpuMs: () => toldCpuMs, reason: (otherwise: ImageServiceError) => first ?? otherwise };
}
