import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** Where originals lie while they are worked on: files, because libvips reads only what it needs of them and Node's memory stays small. */
export interface WorkDirectory {
  /** Fetches an object into a file; `object_missing` if there is none. */
  fetch(objects: ObjectStore, key: string, signal: AbortSignal): Promise<string>;
  /** Makes an empty folder. */
  makeFolder(): Promise<string>;
  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): Promise<void>;
}

/** Opens a folder of its own below the one given, empty: what is in it was left by a process that was killed. */
export async function openWorkDirectory(parent: string): Promise<WorkDirectory> {
  const folder = join(parent, 'fetched');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return {
    async fetch(objects, key, signal) {
      const path = join(folder, randomUUID());
      await objects.copyTo(key, path, signal);
      return path;
    },
    async makeFolder() {
      const path = join(folder, randomUUID());
      await mkdir(path);
      return path;
    },
    remove: (path) => rm(path, { force: true, recursive: true }),
  };
}
