import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { isStored, readImage } from '../../shared/storage/table/image-table.ts';
import type { UploadDependencies } from './dependencies.ts';

/**
 * Deletes the bytes of an upload whose record says that it was aborted or rejected. False if they belong to an image after all: `npm run verify
 * -- --adopt` makes images of what dead completions have left, but never once it sees such a record, so none is made after this check.
 */
export async function deleteOrphanedOriginal(
  { imageId }: UploadRecord,
  { objects, table }: Pick<UploadDependencies, 'objects' | 'table'>,
): Promise<boolean> {
  if (isStored(await readImage(table, imageId, { consistent: true }))) return false;
  await objects.delete(originalKey(imageId));
  return true;
}
