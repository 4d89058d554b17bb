import { readFile } from 'node:fs/promises';

/** Milliseconds between two looks. */
const LOOK_MS = 50;

/** Does something and answers the most memory that a process had resident meanwhile, MiB; undefined where there is no proc(5). */
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
