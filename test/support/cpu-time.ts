/**
 * More milliseconds than it takes to read 128 KiB once, some 20, and less than it takes to read them anew from each of their places: some
 * 20,000 by a regular expression.
 */
export const QUADRATIC_MS = 1_000;

/**
 * Milliseconds of the processor that this thread took for some work, which other processes on the machine do not lengthen. To be compared
 * only with what work of another order takes, thousands of times as long.
 */
export function cpuTimeOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The same in seconds of this process, with all of its threads, for what waits for other threads. */
export async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
