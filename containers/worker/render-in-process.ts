import { type ErrorCode, ImageServiceError } from '../../shared/domain/errors.ts';
import type { ForkedProcess } from './forked-process.ts';
import type { MessageTime } from './message-time.ts';
import type { Description } from './pipeline/placeholder.ts';
import type { Rendered, RenderFailure, RenderJob } from './pipeline/render.ts';
import { type Answer, checkAnswer, type Order } from './process-orders.ts';
import { watchMemory } from './resident-memory.ts';

/** What becomes of a job on its way. */
export type RenderEvent =
  | { kind: 'begun'; pid: number }
  | { kind: 'rendering'; place: number }
  | { kind: 'rendered'; place: number; result: Rendered }
  | { kind: 'failed'; place: number; failure: RenderFailure }
  | { kind: 'described'; description: Description };

export interface RenderOptions {
  /** Aborted when nobody wants the results any more. */
  signal: AbortSignal;
  onEvent(event: RenderEvent): void;
  /** Resolves when there is room for another result. This is waited for outside all limits of time. */
  room(): Promise<void>;
  /** What the message may still take; what is taken is put down to it. */
  time: MessageTime;
}

export interface ProcessLimits {
  /** Bytes that the process may have resident. */
  memoryBytes: number;
  /** Seconds for one rendition, the first one's with what opening the original takes, and as many for what comes after the last; sharp's own limit comes first where it can. */
  timeoutSeconds: number;
  /** Seconds beyond that for the process to say so itself. */
  graceSeconds?: number;
}

/** `peakMemoryBytes`: the most that was resident. `closing`: why it was ended when all renditions had been told of. */
export type Done = { peakMemoryBytes: number; closing?: Error };

/** How a job ended that was not done. */
interface Death {
  /** Whether the process had begun the job, which may then be the reason. */
  isBegun: boolean;
  error: ImageServiceError;
}

const GRACE_SECONDS = 3;

/** Seconds for a process to start and take a job. */
const BEGIN_SECONDS = 10;

/** What a process can die of, by the code that its rendition gets. */
export const DEATHS = {
  processing_crashed: 'The process that worked on the image died.',
  processing_memory: 'Processing needed more memory than allowed and was ended.',
} satisfies Partial<Record<ErrorCode, string>>;

/** Says that one rendition took longer than it may. */
export const timedOut = (allowedSeconds: number): ImageServiceError =>
  new ImageServiceError(
    'processing_timeout',
    `Processing took longer than the ${allowedSeconds} s that a rendition may take. Resize the image to fewer pixels first, or ask again: the machine may have been busy.`,
  );

/** Says that what one message asks for takes longer than all of it may. */
export const messageTimedOut = ({ allowedSeconds }: MessageTime): ImageServiceError =>
  new ImageServiceError(
    'processing_timeout',
    `All renditions of one request together may take ${allowedSeconds} s. Ask for fewer at once, or for less work in each.`,
  );

/**
 * Has a process do a job, order by order. Each order has its own time, which nothing that the process says makes longer, and a process
 * that answers otherwise than asked is ended; so is one that takes too much memory, or whose job is aborted.
 */
export async function renderIn(
  process: ForkedProcess,
  job: RenderJob,
  options: RenderOptions & ProcessLimits,
): Promise<Done | Death> {
  const { signal, memoryBytes, timeoutSeconds, graceSeconds = GRACE_SECONDS, onEvent, room } = options;
  const { ask, reason, end } = conversation(process, options);
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
    for (const place of job.requests.keys()) {
      const failure = whyNotMade(opened, place);
      if (failure) onEvent({ kind: 'failed', place, failure });
      else {
        await room();
        onEvent({ kind: 'rendering', place });
        // What opening took is the first one's, so that no rendition has more than its time.
        const leftMs = allowedMs - openingMs;
        openingMs = 0;
        onEvent({ ...(await ask({ order: 'render', place }, leftMs)), place } as RenderEvent);
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
    const { isMemory } = await process.gone;
    const error = reason(isMemory ? died('processing_memory', cause) : died('processing_crashed', cause));
    return isMade ? { peakMemoryBytes: watch.peak(), closing: error } : { isBegun, error };
  } finally {
    watch.stop();
    signal.removeEventListener('abort', process.kill);
  }
}

/** Why a rendition is not begun: the original cannot be opened, or there is no time or no memory for it. */
function whyNotMade(opened: Answer, place: number): RenderFailure | undefined {
  if (opened.kind === 'failed') return opened.failure;
  return opened.kind === 'opened' ? opened.refused.find((each) => each.place === place)?.failure : undefined;
}

const died = (code: keyof typeof DEATHS, cause?: unknown): ImageServiceError =>
  new ImageServiceError(code, DEATHS[code], { cause });

/** Asks a process one thing after the other; the first reason for which it is ended is the one that counts. */
function conversation(
  process: ForkedProcess,
  { time, timeoutSeconds }: Pick<RenderOptions & ProcessLimits, 'time' | 'timeoutSeconds'>,
) {
  let first: ImageServiceError | undefined;
  const end = (error: ImageServiceError): void => {
    first ??= error;
    process.kill();
  };
  const ask = async (order: Order, allowedMs: number): Promise<Answer> => {
    const leftMs = time.leftMs();
    const late = () => end(leftMs < allowedMs ? messageTimedOut(time) : timedOut(timeoutSeconds));
    const begun = performance.now();
    const timer = setTimeout(late, Math.min(allowedMs, leftMs));
    try {
      return checkAnswer(order, await process.ask(order));
    } finally {
      clearTimeout(timer);
      time.spend(performance.now() - begun);
    }
  };
  return { ask, end, reason: (otherwise: ImageServiceError) => first ?? otherwise };
}
