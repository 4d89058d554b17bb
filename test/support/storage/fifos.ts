import { execFileSync, spawnSync } from 'node:child_process';

/** Whether this system has FIFOs. */
export const hasFifos = spawnSync('mkfifo').error === undefined;

/** Creates a FIFO without a writer, so that opening it for reading blocks. */
export function makeFifo(path: string): void {
  execFileSync('mkfifo', [path]);
}
