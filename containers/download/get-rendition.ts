import { imageView } from '../../shared/contracts/image-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type ImageTable, readStoredImage } from '../../shared/storage/image-table.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { eTagOf, sendObject } from './send-object.ts';

/** Seconds after which asking again makes sense: most renditions are made within one. */
const RETRY_AFTER_SECONDS = 1;

/** `GET /v1/images/{imageId}/renditions/{rendition}` */
export const getRendition =
  ({ objects, table }: { objects: ObjectStore; table: ImageTable }): Handler =>
  async (request, h) => {
    const name = String(request.params.rendition);
    const { record, renditions } = await readStoredImage(table, String(request.params.imageId));
    const rendition = renditions.find((candidate) => candidate.name === name);
    if (!rendition) {
      throw new ImageServiceError('rendition_not_found', `The image ${record.imageId} has no rendition ${name}.`);
    }
    const { facts, failure } = rendition;
    if (failure) {
      throw new ImageServiceError('rendition_failed', `${name} could not be made: ${failure.detail}`, { failure });
    }
    if (!facts) {
      const pending = h.response(imageView(record, renditions)).code(202);
      return pending.header('retry-after', String(RETRY_AFTER_SECONDS)).header('cache-control', 'no-store');
    }
    const response = await sendObject({ ...facts, eTag: eTagOf(facts.checksumSha256) }, objects, h);
    return response.header('cache-control', 'private, max-age=60');
  };
