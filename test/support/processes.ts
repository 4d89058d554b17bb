import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** Whether /proc has processes. Only Linux has proc(5). */
export const CAN_SEE_PROCESSES = process.platform === 'linux';

interface Seen {
  pid: number;
  parent: number;
  /** `R`, `S`, `D`, `T`, … of proc(5); `Z` is dead. */
  state: string;
}

function see(pid: number): Seen | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

const isAlive = (seen: Seen | undefined): seen is Seen => seen !== undefined && seen.state !== 'Z';

export const isRunning = (pid: number): boolean => isAlive(see(pid));

/** The ids of the living children of a process. */
export const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => see(Number(name)))
    .filter((seen) => isAlive(seen) && seen.parent === parent)
    .map((seen) => (seen as Seen).pid);

export const ended = (pids: number[]): Promise<unknown> =>
  eventually(`processes ${pids} end`, () => !pids.some(isRunning));

/** The command line of a process, with spaces between its arguments; empty once it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

/** The environment with which a process was started. */
export const environmentOf = (pid: number): Record<string, string> =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** The resident memory of a process in bytes. */
export const residentBytes = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);

/** The targets of a process's descriptors, by number. */
export function openFilesOf(pid: number): Record<string, string> {
  const folder = `/proc/${pid}/fd`;
  const files: Record<string, string> = {};
  for (const descriptor of readdirSync(folder)) {
    try {
      files[descriptor] = readlinkSync(`${folder}/${descriptor}`);
    } catch {
      // The one that the folder itself was read by.
    }
  }
  return files;
}
