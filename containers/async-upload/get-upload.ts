import type { Handler } from '../../shared/http/server.ts';
import type { UploadDependencies } from './dependencies.ts';
import { mayAccess, readUploadToShow, viewFor } from './upload-access.ts';

/** `GET /v1/uploads/{uploadId}` */
export const getUpload =
  ({ table }: Pick<UploadDependencies, 'table'>): Handler =>
  async (request, h) => {
    const upload = await readUploadToShow(table, String(request.params.uploadId), (found) => mayAccess(request, found));
    return h.response(viewFor(request, upload)).header('cache-control', 'no-store');
  };
