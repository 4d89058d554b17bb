import { originalKey, renditionsPrefix } from '../../shared/domain/object-key.ts';
import type { Handler } from '../../shared/http/server.ts';
import { deleteImage as deleteRecord, type ImageTable } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** `DELETE /v1/images/{imageId}`: the record first, so that nobody is shown an image whose bytes are going. */
export const deleteImage =
  ({ objects, table }: { objects: ObjectStore; table: ImageTable }): Handler =>
  async (request, h) => {
    const imageId = String(request.params.imageId);
    await deleteRecord(table, imageId);
    await Promise.all([objects.delete(originalKey(imageId)), objects.deletePrefix(renditionsPrefix(imageId))]);
    return h.response().code(204).header('cache-control', 'no-store');
  };
