import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, imageDeleted, isStored, readImage } from '../../shared/storage/table/image-table.ts';
import { abortUploadRecord, readUpload } from '../../shared/storage/table/upload-table.ts';
import { deleteOrphanedOriginal } from '../../shared/uploads/orphaned-original.ts';
import { storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { UploadDependencies } from './dependencies.ts';
import { readOwnUpload, refuseUnlessOpen, uploadCompleted, uploadNotFound } from './upload-access.ts';

/** `DELETE /v1/uploads/{uploadId}`. The record goes first, so that nobody completes the upload any more; then its parts go, in repetitions as well. */
export const abortUpload =
  ({ objects, table }: Pick<UploadDependencies, 'objects' | 'table'>): Handler =>
  async (request, h) => {
    const { upload } = await readOwnUpload(table, request);
    if (upload.status !== 'rejected') {
      await abortRecord(table, upload);
      await objects.abortMultipartUpload(storeUploadNameOf(upload));
    }
    // A completion that died with its process may have left the object, even if it had rejected the upload.
    if (!(await deleteOrphanedOriginal(upload, { objects, table }))) throw uploadCompleted(upload);
    return h.response().code(204).header('cache-control', 'no-store');
  };

/**
 * Refuses an upload that has become an image, even if its completion died or failed before it could note that, and an upload that somebody is
 * completing. If the image was deleted, the error says that instead.
 */
async function abortRecord(table: ImageTable, upload: UploadRecord): Promise<void> {
  const { uploadId, imageId, status } = upload;
  const image = status === 'aborted' ? undefined : await readImage(table, imageId, { consistent: true });
  if (image) {
    if (!isStored(image)) throw imageDeleted(imageId);
    throw uploadCompleted(upload);
  }
  if (await abortUploadRecord(table, uploadId)) return;
  const now = await readUpload(table, uploadId);
  if (!now) throw uploadNotFound(uploadId);
  await refuseUnlessOpen(table, now);
  throw new Error(`the upload ${uploadId} is open and cannot be aborted`);
}
