import { existsSync, readFileSync } from 'node:fs';

/** Whether the memory of another process can be read: proc(5) exists on Linux only. */
export const CAN_READ_MEMORY = existsSync('/proc/self/status');

/** Bytes that a process has resident; 0 when it has ended. Synchronous, because /proc is in memory: a read takes some ten microseconds. */
function residentBytes(pid: number): number {
  try {
    // In kB whatever the size of a page is, which `statm` counts in.
    return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** proc(5) counts processor time in hundredths of a second on every architecture that Node runs on. */
const TICK_MS = 10;

/** Milliseconds of processor time that a process has had, with all its threads; undefined when it has ended. */
function processorMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name of the program in parentheses, in which there may be anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system] = fields.slice(11, 13).map(Number);
    return TICK_MS * (Number(user) + Number(system));
  } catch {
    return undefined;
  }
}

/** Milliseconds between looks: libvips takes memory piece by piece, some ten megabytes in this time. */
export const LOOK_MS = 10;

export interface MemoryWatch {
  /** The most bytes that were seen. */
  peak(): number;
  /** Milliseconds of processor time from the first look to the last at which the process lived. */
  cpuMs(): number;
  stop(): void;
}

/** Reads a process's memory and processor time from outside, whatever the process is busy with, and calls `onTooMuch` when it has more than `limit` bytes. */
export function watchMemory(pid: number | undefined, limit: number, onTooMuch: () => void): MemoryWatch {
  let peak = 0;
  const firstCpuMs = pid === undefined ? 0 : (processorMs(pid) ?? 0);
  let lastCpuMs = firstCpuMs;
  const look = () => {
    if (pid === undefined || !CAN_READ_MEMORY) return;
    const bytes = residentBytes(pid);
    peak = Math.max(peak, bytes);
    lastCpuMs = processorMs(pid) ?? lastCpuMs;
    if (bytes > limit) onTooMuch();
  };
  look();
  const looks = setInterval(look, LOOK_MS);
  return {
    peak: () => peak,
    cpuMs: () => lastCpuMs - firstCpuMs,
    stop() {
      clearInterval(looks);
      look();
    },
  };
}
