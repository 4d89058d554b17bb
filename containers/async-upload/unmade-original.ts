import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { isStored, readImage } from '../../shared/storage/table/image-table.ts';
import type { UploadDependencies } from './dependencies.ts';

/**
 * Deletes the bytes of an upload whose record says that it was aborted or rejected. False where they are an image's after all: what a completion that
 * died has left may be adopted (`npm run verify -- --adopt`), by nobody who looks behind that record, so that no image is made behind this look.
 */
export async function deleteUnmade(
  { imageId }: UploadRecord,
  { objects, table }: Pick<UploadDependencies, 'objects' | 'table'>,
): Promise<boolean> {
  if (isStored(await readImage(table, imageId, { consistent: true }))) return false;
  await objects.delete(originalKey(imageId));
  return true;
}

export const becameImage = ({ uploadId, imageId }: UploadRecord): ImageServiceError =>
  new ImageServiceError('upload_completed', `The upload ${uploadId} has become the image ${imageId}.`, { imageId });
