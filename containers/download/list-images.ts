import { imageView } from '../../shared/contracts/image-view.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import { listImages as readPage } from '../../shared/storage/image-list.ts';
import type { ImageTable } from '../../shared/storage/image-table.ts';

/** `GET /v1/images` */
export const listImages =
  (table: ImageTable): Handler =>
  async (request, h) => {
    const { limit, cursor } = request.query as { limit: number; cursor?: string };
    const { records, nextCursor } = await readPage(table, { owner: ownerOf(request), limit, cursor });
    const images = records.map((record) => imageView(record));
    return h.response({ images, ...(nextCursor && { nextCursor }) }).header('cache-control', 'no-cache');
  };
