import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './open-database.ts';

/**
 * Keeps a data folder for this process until it ends, however it ends: the system drops the lock of a file with its process, which is what SQLite
 * locks by. Returns what gives it back before, or undefined if another process has it.
 */
export function lockFolder(folder: string): (() => void) | undefined {
  let lock: DatabaseSync;
  try {
    lock = openDatabase(join(folder, 'lock'), ['PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE']);
  } catch (error) {
    if (/locked/.test((error as Error).message)) return undefined;
    throw error;
  }
  // Held by this function: a database that nobody holds is collected, and its lock dropped.
  return () => lock.close();
}
