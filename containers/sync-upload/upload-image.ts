import { finished } from 'node:stream/promises';
import { type ImageView, imagePath, imageView } from '../../shared/contracts/api/image-view.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import type { Visibility } from '../../shared/domain/image-record.ts';
import { requestId } from '../../shared/http/request-id.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import { measureBody } from '../../shared/storage/objects/object-bodies.ts';
import { readCreatedImage, readImage } from '../../shared/storage/table/image-table.ts';
import { answerOnce, keyReused } from '../../shared/uploads/answer-once.ts';
import { uploadedRenditions } from '../../shared/uploads/new-image.ts';
import { type IncomingUpload, openUpload } from './incoming-upload.ts';
import { fingerprint, receive, type Sink, storeUpload, type UploadDependencies } from './stored-upload.ts';

interface Caller {
  owner: string;
  requestId: string;
  visibility?: Visibility;
}

/** `POST /v1/images` */
export const uploadImage =
  (dependencies: UploadDependencies): Handler =>
  async (request, h) => {
    const { visibility } = request.query as { visibility?: Visibility };
    const caller = { owner: ownerOf(request), requestId: requestId(request), ...(visibility && { visibility }) };
    const key = request.raw.req.headers['idempotency-key'];
    const open = () => openUpload(request, dependencies);
    const view =
      typeof key === 'string'
        ? await uploadOnce(open, { ...caller, key }, dependencies)
        : await upload(await open(), { ...caller, imageId: createImageId() }, dependencies);
    return h.response(view).code(201).location(imagePath(view.imageId)).header('cache-control', 'no-store');
  };

async function upload(
  incoming: IncomingUpload,
  names: Caller & { imageId: string },
  dependencies: UploadDependencies,
): Promise<ImageView> {
  const { record, renditions } = await storeUpload(incoming, names, dependencies);
  return imageView(record, renditions);
}

/** An upload with an Idempotency-Key: does the work if nobody has, else answers with the image of then as it is now. */
function uploadOnce(
  open: () => Promise<IncomingUpload>,
  { key, ...caller }: Caller & { key: string },
  dependencies: UploadDependencies,
): Promise<ImageView> {
  const { table, logger } = dependencies;
  const { owner, visibility, requestId } = caller;
  // Reads the repeated request only to see that it is the same.
  const readAgain = async () =>
    fingerprint({ ...(await receive(await open(), measureOnly, dependencies)), ...(visibility && { visibility }) });
  return answerOnce(table, {
    key: { owner, key },
    imageId: createImageId(),
    work: async ({ imageId }) => ({ answer: await upload(await open(), { ...caller, imageId }, dependencies) }),
    onRenewalFailed: (err) => logger.warn({ requestId, err }, 'an Idempotency-Key could not be held for longer'),
    isDone: async ({ imageId }) => (await readImage(table, imageId, { consistent: true })) !== undefined,
    async repeat({ imageId, uploadId }) {
      if (uploadId) throw keyReused();
      const image = await readCreatedImage(table, imageId);
      const promised = fingerprint({ ...image.record, renditions: uploadedRenditions(image) });
      if ((await readAgain()) !== promised) throw keyReused();
      return imageView(image.record, image.renditions);
    },
  });
}

const measureOnly: Sink = async (body) => {
  const measured = measureBody(body);
  await finished(body);
  return measured();
};
