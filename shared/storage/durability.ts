import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { READ_FLAGS, unlessThere } from './regular-file.ts';

/** Windows knows no such flag. */
const FOLDER_FLAGS = READ_FLAGS | (constants.O_DIRECTORY ?? 0);

/** What an answer promises of bytes that are stored: that they survive a power cut, or a crash of the process only. */
export type Durability = 'fsync' | 'os';

/** How files and folders are made to last. */
export interface Lasting {
  /** Whether a stream into a file is to be flushed before it is closed. */
  flush: boolean;
  /** Waits until the names in folders are on the disk. A folder that is gone has none to keep. */
  keepNames(...folders: string[]): Promise<void>;
  /** Makes a folder, and those above it that are missing, each named by the one above. */
  makeFolder(path: string): Promise<void>;
}

export function lastingBy(durability: Durability): Lasting {
  const flush = durability === 'fsync';
  const syncFolder = sharedSync(fsyncFolder);
  const keepNames = async (...folders: string[]) => {
    if (flush) await Promise.all(folders.map(syncFolder));
  };
  return {
    flush,
    keepNames,
    async makeFolder(path) {
      const first = await mkdir(path, { recursive: true });
      if (first === undefined) return;
      for (let made = path; ; made = dirname(made)) {
        await keepNames(dirname(made));
        if (made === first) return;
      }
    },
  };
}

/** Who comes while a folder is synced waits for the next time, which serves all who came by then. */
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
    unlessThere(error);
  }
}
