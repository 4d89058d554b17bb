import type { Request } from '@hapi/hapi';
import { imagePath, imageView } from '../../shared/contracts/api/image-view.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { ownerOf } from '../../shared/http/authentication.ts';
import { requestId } from '../../shared/http/request-id.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type Image, readCreatedImage, readImage } from '../../shared/storage/table/image-table.ts';
import { answerIdempotently, keyReused } from '../../shared/uploads/idempotent-request.ts';
import { uploadedRenditions } from '../../shared/uploads/new-image.ts';
import { fingerprintOfRequest, storeImage, type UploadDependencies, uploadFingerprint } from './store-image.ts';

/** `POST /v1/images` */
export const uploadImage =
  (dependencies: UploadDependencies): Handler =>
  async (request, h) => {
    const key = request.raw.req.headers['idempotency-key'];
    const { record, renditions } =
      typeof key === 'string'
        ? await uploadOnce(request, key, dependencies)
        : await upload(request, createImageId(), dependencies);
    const view = imageView(record, renditions);
    return h.response(view).code(201).location(imagePath(view.imageId)).header('cache-control', 'no-store');
  };

const visibilityOf = (request: Request): Visibility | undefined => request.query.visibility as Visibility | undefined;

function upload(request: Request, imageId: string, dependencies: UploadDependencies): Promise<Image> {
  const visibility = visibilityOf(request);
  const names = { imageId, owner: ownerOf(request), requestId: requestId(request), ...(visibility && { visibility }) };
  return storeImage(request, names, dependencies);
}

/** Does an upload with an Idempotency-Key if nobody has done it yet; otherwise answers with the image that was made then, as it is now. */
function uploadOnce(request: Request, key: string, dependencies: UploadDependencies): Promise<Image> {
  const { table, logger } = dependencies;
  return answerIdempotently(table, {
    key: { owner: ownerOf(request), key },
    imageId: createImageId(),
    work: async ({ imageId }) => ({ answer: await upload(request, imageId, dependencies) }),
    onRenewalFailed: (err) =>
      logger.warn({ requestId: requestId(request), err }, 'an Idempotency-Key could not be held for longer'),
    isDone: async ({ imageId }) => (await readImage(table, imageId, { consistent: true })) !== undefined,
    async repeat({ imageId, uploadId }) {
      if (uploadId) throw keyReused();
      const image = await readCreatedImage(table, imageId);
      const expected = uploadFingerprint({ ...image.record, renditions: uploadedRenditions(image) });
      // The repeated request is read only to see that it is the same.
      if ((await fingerprintOfRequest(request, visibilityOf(request), dependencies)) !== expected) throw keyReused();
      return image;
    },
  });
}
