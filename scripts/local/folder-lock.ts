import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { explainDatabase } from './database-faults.ts';

/**
 * Keeps a data folder for this process until it ends, however it ends: the system drops the lock of a file with its process, which is what SQLite
 * locks by. Returns what gives it back before, or undefined if another process has it.
 */
export function lockFolder(folder: string): (() => void) | undefined {
  const path = join(folder, 'lock');
  const lock = openLock(path);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (/locked/.test((error as Error).message)) return undefined;
    throw explainDatabase(path, error);
  }
  // Held by this function: a database that nobody holds is collected, and its lock dropped.
  return () => lock.close();
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path);
  } catch (error) {
    throw explainDatabase(path, error);
  }
}
