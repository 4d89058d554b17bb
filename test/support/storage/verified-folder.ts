import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import { openLocalTable } from './emulators.ts';
import { createTemporaryFolder } from './temporary-folder.ts';
import { openVerifiedPlace, type VerifiedPlace } from './verified-place.ts';

/** A place for verify whose objects are files that a test may damage. */
export interface VerifiedFolder extends VerifiedPlace {
  /** The folder of the object store. */
  folder: string;
  /** The path of an object's file, or of a prefix of keys. */
  pathOf(key: string): string;
}

/**
 * Runs verify on files in a temporary folder and a table in memory. Other users may enter the folder, since verify may run as another user.
 */
export async function openVerifiedFolder(): Promise<VerifiedFolder> {
  const { path: folder, remove } = await createTemporaryFolder();
  await chmod(folder, 0o755);
  const { table, close } = await openLocalTable();
  const place = await openVerifiedPlace(table, await openFileObjectStore(folder, { durability: 'os' }), close);
  return {
    ...place,
    folder,
    pathOf: (key) => join(folder, 'objects', key),
    async close() {
      await place.close();
      await remove();
    },
  };
}
