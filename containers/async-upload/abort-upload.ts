import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Handler } from '../../shared/http/server.ts';
import { abortUpload as abortRecord, readUpload } from '../../shared/storage/upload-table.ts';
import type { UploadDependencies } from './dependencies.ts';
import { nameOf, readOwnUpload, whyNotOpen } from './own-upload.ts';

/** `DELETE /v1/uploads/{uploadId}`: the record first, so that nobody completes it any more; then its parts, also when that is repeated. */
export const abortUpload =
  ({ objects, table }: Pick<UploadDependencies, 'objects' | 'table'>): Handler =>
  async (request, h) => {
    const { upload } = await readOwnUpload(table, request);
    // Refused bytes are gone already.
    if (upload.status !== 'rejected') {
      if (!(await abortRecord(table, upload.uploadId))) {
        const now = await readUpload(table, upload.uploadId);
        throw (
          (now && whyNotOpen(now.upload)) ?? new Error(`the upload ${upload.uploadId} is open and cannot be aborted`)
        );
      }
      await objects.abortMultipartUpload(nameOf(upload)).catch(ignoreGone);
    }
    return h.response().code(204).header('cache-control', 'no-store');
  };

function ignoreGone(error: unknown): void {
  if (!(error instanceof ImageServiceError) || error.code !== 'upload_not_found') throw error;
}
