/**
 * Milliseconds between two orders of magnitude: reading 128 KiB once takes some 20, and reading them again from each position with a
 * regular expression takes some 20,000.
 */
export const QUADRATIC_MS = 1_000;

/**
 * Runs some work and returns its processor time in this thread in milliseconds, which other processes do not lengthen. Compare it only with
 * limits that are orders of magnitude away.
 */
export function cpuTimeOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The same in seconds for this process with all of its threads, for work that waits for other threads. */
export async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
