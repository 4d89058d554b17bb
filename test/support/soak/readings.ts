import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SupervisedProcess } from '../../../scripts/local/supervised-process.ts';
import { openFilesOf } from '../processes.ts';

const MiB = 1024 ** 2;

/** The memory and descriptors of a process after garbage collection. */
interface ProcessReading {
  pid: number;
  memoryMiB: number;
  residentMiB: number;
  descriptors: number;
  threads: number;
  timers: number;
}

/** The contents of a folder, at any depth. */
interface FolderReading {
  files: number;
  folders: number;
  MiB: number;
}

export interface Reading {
  processes: Record<string, ProcessReading>;
  folders: Record<string, FolderReading>;
}

interface Told {
  heapUsed: number;
  external: number;
  timers: number;
}

async function readProcess(kept: SupervisedProcess): Promise<ProcessReading> {
  const child = kept.child();
  const answered = once(child, 'message', { signal: AbortSignal.timeout(60_000) }) as Promise<[Told]>;
  child.send('measure');
  const [{ heapUsed, external, timers }] = await answered;
  const pid = kept.pid();
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    pid,
    memoryMiB: (heapUsed + external) / MiB,
    residentMiB: figure('VmRSS') / 1024,
    descriptors: Object.keys(openFilesOf(pid)).length,
    threads: figure('Threads'),
    timers,
  };
}

async function readFolder(path: string): Promise<FolderReading> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  // A file may go while it is looked at.
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { files: files.length, folders: entries.filter((entry) => entry.isDirectory()).length, MiB: bytes / MiB };
}

/** The folders of the data of npm start. */
const FOLDERS = ['object-store', 'dynamodb', 'sqs', 'work'];

export async function takeReading(processes: readonly SupervisedProcess[], data: string): Promise<Reading> {
  const read = await Promise.all(processes.map(async (kept) => [kept.name, await readProcess(kept)] as const));
  const folders = await Promise.all(FOLDERS.map(async (name) => [name, await readFolder(join(data, name))] as const));
  return { processes: Object.fromEntries(read), folders: Object.fromEntries(folders) };
}

/** The slope of a least-squares line. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const under = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return under === 0 ? 0 : over / under;
}

/** The allowed growth: V8's compiled code and bounded caches, and a tenth of what the process had. */
const MEMORY_SLACK_MIB = 6;

/** The allowed growth: a page of SQLite's log, and what each deleted image leaves for as long as docs/privacy.md says. */
const LOG_MIB = 8;
const TOMBSTONE_MIB = 4 / 1024;

/** The measurements that did not return to their values before the load. */
export function differences(before: Reading, after: Reading, images: number): string[] {
  const found: string[] = [];
  for (const [name, was] of Object.entries(before.processes)) {
    const is = after.processes[name];
    if (!is || is.pid !== was.pid) {
      found.push(`${name} ended meanwhile`);
      continue;
    }
    const most = was.memoryMiB * 1.1 + MEMORY_SLACK_MIB;
    if (is.memoryMiB > most)
      found.push(`${name} holds ${is.memoryMiB.toFixed(1)} MiB, and held ${was.memoryMiB.toFixed(1)}`);
    for (const what of ['descriptors', 'threads', 'timers'] as const)
      if (is[what] > was[what]) found.push(`${name} has ${is[what]} ${what}, and had ${was[what]}`);
  }
  for (const [name, was] of Object.entries(before.folders)) {
    const is = after.folders[name] ?? was;
    if (name === 'object-store' || name === 'work') {
      if (is.files > was.files || is.folders > was.folders)
        found.push(`${name} has ${is.files} files in ${is.folders} folders, and had ${was.files} in ${was.folders}`);
    } else if (is.MiB > was.MiB + LOG_MIB + images * TOMBSTONE_MIB) {
      found.push(`${name} has ${is.MiB.toFixed(1)} MiB, and had ${was.MiB.toFixed(1)}`);
    }
  }
  return found;
}
