import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { isListeningOn } from '../loopback.ts';
import { objectsFolder } from './data-folder.ts';
import { openDatabase } from './open-database.ts';
import { readStackSettings } from './stack-settings.ts';

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
  // The returned function holds the database: otherwise it would be garbage-collected and its lock dropped.
  return () => lock.close();
}

/** Whether a stack runs on a folder according to its settings there, even if its lock file was removed. */
export async function isServed(folder: string): Promise<boolean> {
  try {
    const settings = await readStackSettings(folder);
    if (!settings) return false;
    const [theirs, ours] = [fileURLToPath(settings.OBJECT_STORE_URL), objectsFolder(folder)];
    // The settings may have been copied together with the data.
    if ((await realpath(theirs)) !== (await realpath(ours))) return false;
    return await isListeningOn(Number(new URL(settings.AWS_ENDPOINT_URL_DYNAMODB).port));
  } catch {
    // Settings that a kill has cut off say nothing, nor do those of a folder that was moved. Who has the table decides.
    return false;
  }
}
