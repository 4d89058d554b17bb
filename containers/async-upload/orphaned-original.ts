import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { originalKey, receivedKey } from '../../shared/domain/object-key.ts';
import { isStored, readImage } from '../../shared/storage/table/image-table.ts';
import type { UploadDependencies } from './dependencies.ts';

/**
 * Deletes the bytes of an upload whose record says that it was aborted or rejected. False if they belong to an image after all: `npm run verify
 * -- --adopt` makes images of what dead completions have left, but never once it sees such a record, so none is made after this check.
 */
export async function deleteOrphanedOriginal(
  upload: UploadRecord,
  { objects, table }: Pick<UploadDependencies, 'objects' | 'table'>,
): Promise<boolean> {
  const { imageId } = upload;
  if (isStored(await readImage(table, imageId, { consistent: true }))) return false;
  // What is removed of uploaded bytes is removed between one key and the other.
  await Promise.all([objects.delete(originalKey(imageId)), deleteReceived(upload, objects)]);
  return true;
}

/** Deletes the uploaded bytes of an upload whose original is stored, or never will be. */
export async function deleteReceived(
  { imageId, received }: UploadRecord,
  objects: UploadDependencies['objects'],
): Promise<void> {
  if (received) await objects.delete(receivedKey(imageId));
}

/** Deletes the original that a completion wrote anew after another had taken it over, if the image has been made and deleted meanwhile. */
export async function deleteLateOriginal(
  { imageId, received }: UploadRecord,
  { objects, table }: Pick<UploadDependencies, 'objects' | 'table'>,
): Promise<void> {
  const image = received && (await readImage(table, imageId, { consistent: true }));
  if (image && !isStored(image)) await objects.delete(originalKey(imageId));
}
