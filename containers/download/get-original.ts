import { originalFile } from '../../shared/contracts/api/image-view.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import { type CachePolicy, visibilityOf } from './cache-policy.ts';
import { nameFor } from './download-file-name.ts';
import { checkVisible, type Viewers } from './image-access.ts';
import type { KnownImages } from './image-cache.ts';
import type { Revalidations } from './not-modified-cache.ts';
import { type Sending, type SentObject, sendObject } from './send-object.ts';

interface Dependencies extends Sending, Viewers {
  table: ImageTable;
  images: KnownImages;
  revalidations: Revalidations;
}

/** `GET /v1/images/{imageId}/original` */
export const getOriginal =
  ({ objects, stalledMs, table, images, revalidations, signedUrls }: Dependencies): Handler =>
  async (request, h) => {
    const imageId = String(request.params.imageId);
    const image = checkVisible(request, await images.read(imageId), { signedUrls });
    try {
      const response = await sendObject(request, h, {
        objects,
        stalledMs,
        object: sentOriginal(image.record, 'named'),
      });
      revalidations.note(request, response, image);
      return response;
    } catch (error) {
      // Known from before the image was deleted, perhaps.
      if (hasCode(error, 'object_missing')) await readStoredImage(table, imageId, { consistent: true });
      throw error;
    }
  };

export const sentOriginal = (record: ImageRecord, policy: CachePolicy): SentObject => ({
  ...record,
  key: originalKey(record.imageId),
  lastModified: new Date(record.createdAt),
  visibility: visibilityOf(record),
  policy,
  fileName: record.fileName && nameFor(record.fileName, record.contentType),
  ownName: `${record.imageId}.${originalFile(record).split('.')[1]}`,
});
