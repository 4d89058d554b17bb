import { addAbortListener } from 'node:events';
import { Pool } from 'tarn';
import { type ForkedProcess, forkProcess } from './forked-process.ts';
import type { RenderJob } from './pipeline/render.ts';
import { type Done, messageTimedOut, type ProcessLimits, type RenderOptions, renderIn } from './render-in-process.ts';

export interface ImageProcesses {
  /**
   * Has a process do a job, when one is free. Rejects with `processing_crashed`, `processing_timeout` or `processing_memory` when the
   * process died over it or the message's time is over, with the signal's reason when that is aborted, and with an error that passes when no process could begin it;
   * no other job is touched by it.
   */
  render(job: RenderJob, options: RenderOptions): Promise<Done>;
  /** Ends all of them, whatever they do. What they do, and what waits for them, ends with an error that passes. */
  stop(): Promise<void>;
}

interface Settings extends ProcessLimits {
  /** How many images are worked on at once. */
  processes: number;
  /** What a process runs, if not image-process.ts. */
  script?: string;
}

/** Processes that a job is given to before one begins it. */
const TRIES = 5;

/** Node's longest timer: a job waits for a process as long as its message is held, which its signal tells. */
const FOREVER_MS = 2 ** 31 - 1;

/** Starts processes, and others in the place of those that die. */
export function openImageProcesses({ processes, script, ...limits }: Settings): ImageProcesses {
  const living = new Set<ForkedProcess>();
  let isStopped = false;
  const pool = new Pool<ForkedProcess>({
    min: processes,
    max: processes,
    create: async () => {
      const process = forkProcess(limits.memoryBytes, script);
      living.add(process);
      void process.gone.then(() => living.delete(process));
      return process;
    },
    validate: (process) => !process.isGone(),
    destroy: async (process) => {
      process.kill();
      await process.gone;
    },
    acquireTimeoutMillis: FOREVER_MS,
  });
  /** Has so many processes started before a job asks for them. */
  const prepare = async (count: number): Promise<void> => {
    const started = await Promise.allSettled(Array.from({ length: count }, () => pool.acquire().promise));
    for (const process of started) if (process.status === 'fulfilled') pool.release(process.value);
  };
  void prepare(processes);

  return {
    async render(job, options) {
      const { signal, time } = options;
      let cause: unknown;
      for (let tries = 0; tries < TRIES && !isStopped; tries += 1) {
        if (time.leftMs() === 0) throw messageTimedOut(time);
        const process = await acquire(pool, signal);
        if (!process) break;
        const ending = await renderIn(process, job, { ...options, ...limits }).finally(() => pool.release(process));
        if ('peakMemoryBytes' in ending) return ending;
        if (pool.numPendingAcquires() === 0 && !isStopped) void prepare(1);
        signal.throwIfAborted();
        if (ending.isBegun && !isStopped) throw ending.error;
        ({ cause } = ending.error);
      }
      throw new Error(isStopped ? 'The worker ends.' : `No image process has begun the job, of ${TRIES}.`, { cause });
    },
    async stop() {
      isStopped = true;
      for (const process of living) process.kill();
      await pool.destroy();
    },
  };
}

/**
 * A process for a job that is still wanted; undefined when there will be none any more. What tarn is asked for is never taken back,
 * because it may be giving a process at that moment, which nobody would then release.
 */
async function acquire(pool: Pool<ForkedProcess>, signal: AbortSignal): Promise<ForkedProcess | undefined> {
  signal.throwIfAborted();
  const pending = pool.acquire().promise.catch(() => undefined);
  const { promise: unwanted, reject } = Promise.withResolvers<never>();
  using _ = addAbortListener(signal, () => reject(signal.reason));
  try {
    const process = await Promise.race([pending, unwanted]);
    signal.throwIfAborted();
    return process;
  } catch (error) {
    void pending.then((process) => process && pool.release(process));
    throw error;
  }
}
