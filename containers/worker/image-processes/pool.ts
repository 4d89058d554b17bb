import { addAbortListener } from 'node:events';
import { Pool } from 'tarn';
import type { RenderJob } from '../pipeline/render-job.ts';
import { type JobDone, type JobOptions, messageTimedOut, type ProcessLimits, runJob } from './run-job.ts';
import { type SpawnedProcess, spawnImageProcess } from './spawn.ts';

export interface ImageProcessPool {
  /**
   * Has a process do a job, when one is free. Rejects with `processing_crashed`, `processing_timeout` or `processing_memory` when the
   * process died over it or the message's time is over, with the signal's reason when that is aborted, and with a retryable error when no process could begin it.
   * No other job is affected.
   */
  render(job: RenderJob, options: JobOptions): Promise<JobDone>;
  /** Ends all processes, whatever they do. Jobs under way and waiting jobs end with a retryable error. */
  stop(): Promise<void>;
}

interface Settings extends ProcessLimits {
  /** How many images are worked on at once. */
  processes: number;
  /** The program of a process, if not image-process.ts. */
  script?: string;
}

/** The most processes that a job is given to until one begins it. */
const TRIES = 5;

/** Node's longest timer. A job waits for a process as long as its message is held; its signal ends the wait. */
const FOREVER_MS = 2 ** 31 - 1;

/** Starts a pool of processes, and replaces those that die. */
export function openImageProcessPool({ processes, script, ...limits }: Settings): ImageProcessPool {
  const living = new Set<SpawnedProcess>();
  let isStopped = false;
  const pool = new Pool<SpawnedProcess>({
    min: processes,
    max: processes,
    create: async () => {
      const process = spawnImageProcess(limits.memoryBytes, script);
      living.add(process);
      void process.exited.then(() => living.delete(process));
      return process;
    },
    validate: (process) => !process.hasExited(),
    destroy: async (process) => {
      process.kill();
      await process.exited;
    },
    acquireTimeoutMillis: FOREVER_MS,
  });
  /** Starts so many processes before a job asks for them. */
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
        const ending = await runJob(process, job, { ...options, ...limits }).finally(() => pool.release(process));
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
 * Acquires a process for a job that is still wanted; undefined once the pool is stopped. A request to tarn is never cancelled, because tarn may be
 * handing over a process at that moment, which nobody would then release.
 */
async function acquire(pool: Pool<SpawnedProcess>, signal: AbortSignal): Promise<SpawnedProcess | undefined> {
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
