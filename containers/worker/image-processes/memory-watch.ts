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

/** Milliseconds between looks: libvips takes memory piece by piece, some ten megabytes in this time. */
export const LOOK_MS = 10;

export interface MemoryWatch {
  /** The most bytes that were seen. */
  peak(): number;
  stop(): void;
}

/** Reads a process's memory from outside, whatever the process is busy with, and calls `onTooMuch` when it has more than `limit` bytes. */
export function watchMemory(pid: number | undefined, limit: number, onTooMuch: () => void): MemoryWatch {
  let peak = 0;
  const look = () => {
    if (pid === undefined || !CAN_READ_MEMORY) return;
    const bytes = residentBytes(pid);
    peak = Math.max(peak, bytes);
    if (bytes > limit) onTooMuch();
  };
  look();
  const looks = setInterval(look, LOOK_MS);
  return {
    peak: () => peak,
    stop() {
      clearInterval(looks);
      look();
    },
  };
}
