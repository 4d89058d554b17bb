import { originalFile } from '../../shared/contracts/api/image-view.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { Handler } from '../../shared/http/server.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { type CachePolicy, visibilityOf } from './cache-control.ts';
import { originalFileName } from './download-file-name.ts';
import { checkImageAccess, type ImageAccess, mayHaveCached } from './image-access.ts';
import type { ImageCache } from './image-cache.ts';
import type { NotModifiedCache } from './not-modified-cache.ts';
import { type ObjectDependencies, type SentObject, sendObject } from './send-object.ts';

interface Dependencies extends ObjectDependencies, ImageAccess {
  table: ImageTable;
  imageCache: ImageCache;
  notModifiedCache: NotModifiedCache;
}

/** `GET /v1/images/{imageId}/original` */
export const getOriginal =
  ({ objects, stalledMs, table, imageCache, notModifiedCache, signedUrls }: Dependencies): Handler =>
  async (request, h) => {
    const imageId = String(request.params.imageId);
    const wanted = { need: 'bytes', signedUrls } as const;
    const found = await imageCache.read(imageId, (cached) => mayHaveCached(request, cached, { signedUrls }));
    const image = await checkImageAccess(request, found, wanted);
    try {
      const response = await sendObject(request, h, {
        objects,
        stalledMs,
        object: originalObject(image.record, 'named'),
      });
      notModifiedCache.remember(request, response, image);
      return response;
    } catch (error) {
      // The cached image may be from before the image was deleted.
      if (hasCode(error, 'object_missing'))
        await checkImageAccess(request, await findImage(table, imageId, { consistent: true }), wanted);
      throw error;
    }
  };

export const originalObject = (record: ImageRecord, policy: CachePolicy): SentObject => ({
  ...record,
  key: originalKey(record.imageId),
  lastModified: new Date(record.createdAt),
  visibility: visibilityOf(record),
  policy,
  fileName: record.fileName && originalFileName(record.fileName, record.contentType),
  fallbackName: `${record.imageId}.${originalFile(record).split('.')[1]}`,
});
