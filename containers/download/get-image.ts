import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/table/image-table.ts';
import { snapshotOf } from './image-snapshot.ts';
import { sendText } from './send-text.ts';

/** `GET /v1/images/{imageId}` */
export const getImage =
  (table: ImageTable): Handler =>
  async (request, h) => {
    const { json, eTag } = snapshotOf(await readStoredImage(table, String(request.params.imageId)));
    return sendText(request, h, { text: json, eTag, type: 'application/json', cacheControl: 'private, no-cache' });
  };
