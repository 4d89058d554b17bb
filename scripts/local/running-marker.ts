import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** There while the stack runs, and after it was killed. */
const marker = (folder: string): string => join(folder, 'running');

/** Notes that the stack runs on a folder; true if an earlier one was killed there. */
export async function markRunning(folder: string): Promise<boolean> {
  const wasKilled = await access(marker(folder)).then(
    () => true,
    () => false,
  );
  await writeFile(marker(folder), `${process.pid}\n`);
  return wasKilled;
}

export const markStopped = (folder: string): Promise<void> => rm(marker(folder), { force: true });
