import { partListView, uploadLimits } from '../../shared/contracts/api/upload-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { UploadDependencies } from './dependencies.ts';
import { explainGone, nameOf, readOpenUpload } from './own-upload.ts';
import { limitHeader } from './upload-limit.ts';

/** `GET /v1/uploads/{uploadId}/parts` */
export const listParts =
  ({ objects, table }: Pick<UploadDependencies, 'objects' | 'table'>): Handler =>
  async (request, h) => {
    const { 'max-parts': maxParts, 'part-number-marker': partNumberMarker } = request.query as Record<string, number>;
    const asked = { maxParts: Number(maxParts), partNumberMarker: Number(partNumberMarker) };
    const upload = await readOpenUpload(table, request);
    const page = await objects
      .listParts(nameOf(upload), asked)
      .catch((error: unknown) => explainGone(table, request, error));
    return h
      .response(partListView(upload, asked, page))
      .header('upload-limit', limitHeader(uploadLimits(upload)))
      .header('cache-control', 'no-store');
  };
