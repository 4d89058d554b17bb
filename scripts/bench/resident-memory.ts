import { readFile } from 'node:fs/promises';

/** Milliseconds between two samples. */
const LOOK_MS = 50;

/** Runs work and returns the highest resident memory of a process meanwhile, in MiB; undefined where there is no proc(5). */
export async function peakMemoryOf<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ result: Result; memory: number | undefined }> {
  let peak: number | undefined;
  const look = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    if (kilobytes) peak = Math.max(peak ?? 0, Number(kilobytes) / 1024);
  };
  const timer = setInterval(look, LOOK_MS);
  try {
    const result = await work();
    await look();
    return { result, memory: peak };
  } finally {
    clearInterval(timer);
  }
}
