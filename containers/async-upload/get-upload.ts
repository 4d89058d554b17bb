import { uploadView } from '../../shared/contracts/upload-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { UploadDependencies } from './dependencies.ts';
import { readOwnUpload, whyNotOpen } from './own-upload.ts';

/** What is told as an error because nothing can follow it. */
const OVER = ['upload_aborted', 'upload_expired'];

/** `GET /v1/uploads/{uploadId}` */
export const getUpload =
  ({ table }: Pick<UploadDependencies, 'table'>): Handler =>
  async (request, h) => {
    const found = await readOwnUpload(table, request);
    const refusal = whyNotOpen(found);
    if (refusal && OVER.includes(refusal.code)) throw refusal;
    return h
      .response(uploadView({ ...found.upload, ...(!refusal && { status: 'open' }) }))
      .header('cache-control', 'no-store');
  };
