import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { READ_FLAGS, undefinedIfMissing } from './regular-file.ts';

/** Windows has no such flag. */
const FOLDER_FLAGS = READ_FLAGS | (constants.O_DIRECTORY ?? 0);

/** What an answer promises for stored bytes: `fsync` that they survive a power cut, `os` that they survive a crash of the process only. */
export type Durability = 'fsync' | 'os';

/** Writes files and folders so that they survive what the durability promises. */
export interface DurableWrites {
  /** Whether a stream into a file is to be flushed before it is closed. */
  flush: boolean;
  /** Waits until the entries of folders are on the disk. A folder that is gone is skipped. */
  syncFolders(...folders: string[]): Promise<void>;
  /** Creates a folder and its missing parents, and syncs each new entry. */
  makeFolder(path: string): Promise<void>;
}

export function durableWrites(durability: Durability): DurableWrites {
  const flush = durability === 'fsync';
  const syncFolder = sharedSync(fsyncFolder);
  const syncFolders = async (...folders: string[]) => {
    if (flush) await Promise.all(folders.map(syncFolder));
  };
  return {
    flush,
    syncFolders,
    async makeFolder(path) {
      const first = await mkdir(path, { recursive: true });
      if (first === undefined) return;
      for (let made = path; ; made = dirname(made)) {
        await syncFolders(dirname(made));
        if (made === first) return;
      }
    },
  };
}

/** Shares syncs: a caller that arrives while a folder is being synced waits for the next sync, which serves all callers until then. */
function sharedSync(sync: (folder: string) => Promise<void>): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const run = (folder: string): Promise<void> => {
    const synced = sync(folder).finally(() => running.delete(folder));
    running.set(folder, synced);
    return synced;
  };
  return (folder) => {
    const before = running.get(folder);
    if (!before) return run(folder);
    const known = waiting.get(folder);
    if (known) return known;
    const next = before
      .catch(() => undefined)
      .then(() => {
        waiting.delete(folder);
        return run(folder);
      });
    waiting.set(folder, next);
    return next;
  };
}

async function fsyncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, FOLDER_FLAGS);
    await handle.sync();
  } catch (error) {
    undefinedIfMissing(error);
  }
}
