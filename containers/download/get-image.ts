import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import { tell } from './image-state.ts';
import { isUnmodified } from './preconditions.ts';

/** `GET /v1/images/{imageId}` */
export const getImage =
  (table: ImageTable): Handler =>
  async (request, h) => {
    const { json, eTag } = tell(await readStoredImage(table, String(request.params.imageId)));
    const response = h
      .response(json)
      .type('application/json')
      .code(isUnmodified(request, { eTag }) ? 304 : 200);
    return response.header('etag', eTag).header('cache-control', 'private, no-cache');
  };
