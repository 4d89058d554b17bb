import { randomUUID } from 'node:crypto';
import { type UploadView, uploadLimits, uploadPath, uploadView } from '../../shared/contracts/upload-view.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import { formatOfMediaType } from '../../shared/domain/image-format.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import {
  recommendedPartSize,
  type UploadDeclaration,
  type UploadRecord,
} from '../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { type Handler, ownerOf } from '../../shared/http/server.ts';
import { createUpload as createRecord } from '../../shared/storage/upload-table.ts';
import { answerOnce } from '../../shared/uploads/answer-once.ts';
import type { UploadDependencies } from './dependencies.ts';
import { nameOf } from './own-upload.ts';
import { limitHeader } from './upload-limit.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'>;

/** `POST /v1/uploads` */
export const createUpload =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const declaration = request.payload as UploadDeclaration;
    checkLength(declaration);
    const owner = ownerOf(request);
    const key = request.raw.req.headers['idempotency-key'];
    const begin = (imageId: string) => beginUpload({ ...declaration, owner, imageId }, dependencies);
    const view = typeof key === 'string' ? await once(key) : await begin(createImageId());
    return h
      .response(view)
      .code(201)
      .location(uploadPath(view.uploadId))
      .header('upload-limit', limitHeader(uploadLimits({ ...declaration, validUntil: view.expiresAt })))
      .header('cache-control', 'no-store');

    function once(key: string): Promise<UploadView> {
      const fingerprint = fingerprintOf({ declaration });
      return answerOnce(dependencies.table, {
        key: { owner, key },
        imageId: createImageId(),
        fingerprint: async () => fingerprint,
        // A new id even for a claim taken over: the one it had may be an image by now, if it was the claim of a Sync Upload.
        work: async () => ({ answer: await begin(createImageId()), fingerprint }),
      });
    }
  };

function checkLength({ contentLength: actual, contentType }: UploadDeclaration): void {
  const isSvg = formatOfMediaType(contentType) === 'svg';
  const limit = isSvg ? LIMITS.svgBytes : LIMITS.asyncUploadBytes;
  if (actual === undefined || actual <= limit) return;
  const detail = `The limit is ${limit} bytes${isSvg ? ' for an SVG' : ''}, the image is declared to have ${actual}.`;
  throw new ImageServiceError('upload_too_large', detail, { limit, actual, unit: 'bytes' });
}

/** The store's upload first: a record never names one that does not exist, while one without a record ends by its age. */
async function beginUpload(
  { imageId, owner, ...declaration }: UploadDeclaration & { imageId: string; owner: string },
  { objects, table }: Dependencies,
): Promise<UploadView> {
  const storeUploadId = await objects.createMultipartUpload(originalKey(imageId), declaration);
  const now = Date.now();
  const upload: UploadRecord = {
    ...declaration,
    uploadId: randomUUID(),
    imageId,
    owner,
    status: 'open',
    storeUploadId,
    partSize: recommendedPartSize(declaration.contentLength),
    createdAt: new Date(now).toISOString(),
    validUntil: new Date(now + LIMITS.uploadSeconds * 1000).toISOString(),
  };
  try {
    await createRecord(table, upload);
  } catch (error) {
    await objects.abortMultipartUpload(nameOf(upload)).catch(() => undefined);
    throw error;
  }
  return uploadView(upload);
}
