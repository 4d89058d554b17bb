import { imageView } from '../../shared/contracts/image-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';

/** `GET /v1/images/{imageId}` */
export const getImage =
  (table: ImageTable): Handler =>
  async (request, h) => {
    const { record, renditions } = await readStoredImage(table, String(request.params.imageId));
    return h.response(imageView(record, renditions)).header('cache-control', 'no-cache');
  };
