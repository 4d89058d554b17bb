import type { UploadRecord } from '../domain/multipart-upload.ts';
import { originalKey, receivedKey } from '../domain/object-key.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import { type ImageTable, isStored, readImage } from '../storage/table/image-table.ts';
import { readUpload } from '../storage/table/upload-table.ts';

interface Dependencies {
  objects: ObjectStore;
  table: ImageTable;
}

type NamedUpload = Pick<UploadRecord, 'imageId' | 'received'>;

/**
 * Deletes the bytes of an upload whose record says that it was aborted or rejected. False if they belong to an image after all: `npm run verify
 * -- --adopt` makes images of what dead completions have left, but never once it sees such a record, so none is made after this check.
 */
export async function deleteOrphanedOriginal(upload: NamedUpload, { objects, table }: Dependencies): Promise<boolean> {
  const { imageId } = upload;
  if (isStored(await readImage(table, imageId, { consistent: true }))) return false;
  // What is removed of uploaded bytes is removed between one key and the other.
  await Promise.all([objects.delete(originalKey(imageId)), deleteReceived(upload, objects)]);
  return true;
}

/** Deletes the uploaded bytes of an upload whose original is stored, or never will be. */
export async function deleteReceived({ imageId, received }: NamedUpload, objects: ObjectStore): Promise<void> {
  if (received) await objects.delete(receivedKey(imageId));
}

/**
 * Deletes the original that a completion wrote anew after it was taken for dead, if it is nobody's: the image has been made by another and deleted
 * meanwhile, or the upload has ended without one, by its client or by the erasure of its owner.
 */
export async function deleteLateOriginal(
  { imageId, uploadId, received }: NamedUpload & Pick<UploadRecord, 'uploadId'>,
  { objects, table }: Dependencies,
): Promise<void> {
  if (!received) return;
  const image = await readImage(table, imageId, { consistent: true });
  if (image ? !isStored(image) : await hasEndedWithout(table, uploadId)) await objects.delete(originalKey(imageId));
}

/** Whether an upload has ended and never becomes an image. One that is completed may have become one since somebody looked for that. */
async function hasEndedWithout(table: ImageTable, uploadId: string): Promise<boolean> {
  const found = await readUpload(table, uploadId);
  return found === undefined || found.upload.status === 'aborted' || found.upload.status === 'rejected';
}
