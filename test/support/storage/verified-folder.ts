import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import { openLocalTable } from './emulators.ts';
import { createTemporaryFolder } from './temporary-folder.ts';
import { openVerifiedPlace, type VerifiedPlace } from './verified-place.ts';

/** A place whose objects are files that a test may damage. */
export interface VerifiedFolder extends VerifiedPlace {
  /** Of the object store. */
  folder: string;
  /** Of the file of an object, or of what keys begin with. */
  pathOf(key: string): string;
}

/** Puts verify on files in a temporary folder and a table in memory. Others may pass through the folder, as it may be another user who looks. */
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
