import { originalKey } from '../../shared/domain/object-key.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { eTagOf, sendObject } from './send-object.ts';

/**
 * Of what is opened as a page of its own, an SVG with scripts first of all: it runs nothing, loads nothing and has no origin. Images in a page
 * are shown as ever.
 */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** `GET /v1/images/{imageId}/original` */
export const getOriginal =
  ({ objects, table }: { objects: ObjectStore; table: ImageTable }): Handler =>
  async (request, h) => {
    const { record } = await readStoredImage(table, String(request.params.imageId));
    const { imageId, contentType, checksumSha256 } = record;
    const response = await sendObject(
      { key: originalKey(imageId), contentType, eTag: eTagOf(checksumSha256) },
      objects,
      h,
    );
    return response
      .header('cache-control', 'private, max-age=60')
      .header('content-security-policy', CONTENT_SECURITY_POLICY);
  };
