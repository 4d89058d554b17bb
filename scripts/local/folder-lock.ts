import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps a data folder for this process until it ends, however it ends: the system drops the lock of a file with its process, which is what SQLite
 * locks by. Returns what gives it back before, or undefined if another process has it.
 */
export function lockFolder(folder: string): (() => void) | undefined {
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (/locked/.test((error as Error).message)) return undefined;
    throw error;
  }
  // Held by this function: a database that nobody holds is collected, and its lock dropped.
  return () => lock.close();
}
