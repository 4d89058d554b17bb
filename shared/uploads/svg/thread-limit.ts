import type { Worker } from 'node:worker_threads';

/** How often the time of the thread is looked at. */
const SAMPLING_MS = 50;

/** The time that a thread may take. `signal` is aborted when it is over. */
export interface ThreadLimit {
  signal: AbortSignal;
  stop(): void;
}

/**
 * Limits the time that a thread takes from now on: `processorSeconds` of a processor, which a busy machine does not shorten, and
 * `seconds` in all.
 */
export function limitThread(
  thread: Worker,
  { processorSeconds, seconds }: { processorSeconds: number; seconds: number },
): ThreadLimit {
  const controller = new AbortController();
  const end = () => controller.abort();
  const before = thread.cpuUsage();
  const look = async () => {
    const { user, system } = await thread.cpuUsage(await before);
    if (user + system > processorSeconds * 1e6) end();
  };
  // It fails when the thread has ended, which whoever waits for the answer of the thread is told.
  const looking = setInterval(() => look().catch(() => undefined), SAMPLING_MS);
  before.catch(() => undefined);
  const ending = setTimeout(end, seconds * 1000);
  return {
    signal: controller.signal,
    stop() {
      clearInterval(looking);
      clearTimeout(ending);
    },
  };
}
