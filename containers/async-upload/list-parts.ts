import { partListView, uploadLimits } from '../../shared/contracts/api/upload-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import { storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { UploadDependencies } from './dependencies.ts';
import { explainMissingUpload, readOpenUpload } from './upload-access.ts';
import { uploadLimitHeader } from './upload-limit-header.ts';

/** `GET /v1/uploads/{uploadId}/parts` */
export const listParts =
  ({ objects, table }: Pick<UploadDependencies, 'objects' | 'table'>): Handler =>
  async (request, h) => {
    const { 'max-parts': maxParts, 'part-number-marker': partNumberMarker } = request.query as Record<string, number>;
    const asked = { maxParts: Number(maxParts), partNumberMarker: Number(partNumberMarker) };
    const upload = await readOpenUpload(table, request);
    const page = await objects
      .listParts(storeUploadNameOf(upload), asked)
      .catch((error: unknown) => explainMissingUpload(table, request, error));
    return h
      .response(partListView(upload, asked, page))
      .header('upload-limit', uploadLimitHeader(uploadLimits(upload)))
      .header('cache-control', 'no-store');
  };
