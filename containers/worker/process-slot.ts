import { type ErrorCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { type ForkedProcess, forkProcess } from './forked-process.ts';
import type { RenderEvent, RenderJob } from './pipeline/render.ts';

export interface RenderOptions {
  /** Aborted when nobody wants the results any more. */
  signal: AbortSignal;
  onEvent(event: RenderEvent): void;
}

/** A place for one process, with another in it as soon as one has died. */
export interface ProcessSlot {
  /** Has the process do a job; one at a time. Rejects as `ImageProcesses.render` does. */
  render(job: RenderJob, options: RenderOptions): Promise<Done>;
  /** Ends the process, and what it does with an error that passes. */
  stop(): Promise<void>;
}

export interface SlotSettings {
  /** Bytes that the process may have resident. */
  memoryBytes: number;
  /** Seconds for one rendition, before the process is ended; sharp's own time limit comes first where it can. */
  timeoutSeconds: number;
}

/** `peakMemoryBytes`: the most that was resident. */
type Done = { peakMemoryBytes: number };

/** How a job ended that was not done. */
interface Death {
  /** Whether the process had begun the job, which may then be the reason. */
  isBegun: boolean;
  code: keyof typeof SENTENCES;
  cause: Error;
}

/** Time beyond the limit for a process to say so itself. */
const GRACE_SECONDS = 3;

/** Seconds for a process to start and take a job. */
const BEGIN_SECONDS = 10;

/** Processes that a job is given to before one begins it. */
const TRIES = 5;

const SENTENCES = {
  processing_crashed: 'The process that worked on the image died.',
  processing_timeout: 'Processing took longer than allowed and was ended.',
  processing_memory: 'Processing needed more memory than allowed and was ended.',
} satisfies Partial<Record<ErrorCode, string>>;

export function openSlot({ memoryBytes, timeoutSeconds }: SlotSettings): ProcessSlot {
  const allowedMs = (timeoutSeconds + GRACE_SECONDS) * 1000;
  let isStopped = false;
  let current = forkProcess(memoryBytes);
  const living = (): ForkedProcess => {
    if (current.isGone() && !isStopped) current = forkProcess(memoryBytes);
    return current;
  };

  return {
    async render(job, options) {
      let cause: unknown;
      for (let tries = 0; tries < TRIES && !isStopped; tries += 1) {
        options.signal.throwIfAborted();
        const ending = await renderIn(living(), job, { ...options, allowedMs });
        if ('peakMemoryBytes' in ending) return ending;
        options.signal.throwIfAborted();
        // So that the next job need not wait for it.
        if (ending.isBegun) living();
        ({ cause } = ending);
        if (ending.isBegun && !isStopped) throw new ImageServiceError(ending.code, SENTENCES[ending.code], { cause });
      }
      throw new Error(isStopped ? 'The worker ends.' : `No image process has begun the job, of ${TRIES}.`, { cause });
    },
    async stop() {
      isStopped = true;
      current.kill();
      await current.gone;
    },
  };
}

/** Has a process do a job, and ends it when that is aborted, when it tells of too much memory, or nothing for too long. */
async function renderIn(
  process: ForkedProcess,
  job: RenderJob,
  { signal, onEvent, allowedMs }: RenderOptions & { allowedMs: number },
): Promise<Done | Death> {
  let isBegun = false;
  let code: Death['code'] = 'processing_crashed';
  const endWith = (reason: Death['code']) => {
    code = reason;
    process.kill();
  };
  let timer = setTimeout(process.kill, BEGIN_SECONDS * 1000);
  signal.addEventListener('abort', process.kill);
  const done = new Promise<Done>((resolve) => {
    process.send(job, (message) => {
      if (message.kind === 'done') return resolve(message);
      if (message.kind === 'memory') return endWith('processing_memory');
      isBegun = true;
      clearTimeout(timer);
      timer = setTimeout(endWith, allowedMs, 'processing_timeout');
      onEvent(message);
    });
  });
  try {
    return await Promise.race([done, process.gone.then((cause) => ({ isBegun, code, cause }))]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', process.kill);
  }
}
