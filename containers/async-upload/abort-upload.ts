import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, imageDeleted, isStored, readImage } from '../../shared/storage/table/image-table.ts';
import { abortUploadRecord, readUpload } from '../../shared/storage/table/upload-table.ts';
import type { UploadDependencies } from './dependencies.ts';
import { nameOf, notFound, readOwnUpload, refuseUnlessOpen } from './own-upload.ts';
import { becameImage, deleteUnmade } from './unmade-original.ts';

/** `DELETE /v1/uploads/{uploadId}`: the record first, so that nobody completes it any more; then its parts, also when that is repeated. */
export const abortUpload =
  ({ objects, table }: Pick<UploadDependencies, 'objects' | 'table'>): Handler =>
  async (request, h) => {
    const { upload } = await readOwnUpload(table, request);
    if (upload.status !== 'rejected') {
      await abortRecord(table, upload);
      await objects.abortMultipartUpload(nameOf(upload));
    }
    // Of a completion that died with its process the object may be there, also where it had refused it.
    if (!(await deleteUnmade(upload, { objects, table }))) throw becameImage(upload);
    return h.response().code(204).header('cache-control', 'no-store');
  };

/**
 * Refuses what has become an image, also where its completion died or failed before it could say so, and what somebody is completing. Of an
 * image that is no more it says that instead.
 */
async function abortRecord(table: ImageTable, upload: UploadRecord): Promise<void> {
  const { uploadId, imageId, status } = upload;
  const image = status === 'aborted' ? undefined : await readImage(table, imageId, { consistent: true });
  if (image) {
    if (!isStored(image)) throw imageDeleted(imageId);
    throw becameImage(upload);
  }
  if (await abortUploadRecord(table, uploadId)) return;
  const now = await readUpload(table, uploadId);
  if (!now) throw notFound(uploadId);
  await refuseUnlessOpen(table, now);
  throw new Error(`the upload ${uploadId} is open and cannot be aborted`);
}
