import { execFileSync, spawnSync } from 'node:child_process';

/** Whether this system has files that wait for a writer. */
export const hasFifos = spawnSync('mkfifo').error === undefined;

/** Makes a FIFO, which nobody writes into. */
export function makeFifo(path: string): void {
  execFileSync('mkfifo', [path]);
}
