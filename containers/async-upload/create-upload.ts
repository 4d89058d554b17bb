import { randomUUID } from 'node:crypto';
import { uploadLimits, uploadPath, uploadView } from '../../shared/contracts/api/upload-view.ts';
import { economised } from '../../shared/domain/economy-mode.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import { formatOfMediaType } from '../../shared/domain/formats/image-format.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import {
  recommendedPartSize,
  type UploadDeclaration,
  type UploadRecord,
} from '../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { ownerOf } from '../../shared/http/authentication.ts';
import type { Handler } from '../../shared/http/server.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import { countOpenUpload, uncountOpenUpload } from '../../shared/storage/table/open-uploads.ts';
import { createUploadRecord } from '../../shared/storage/table/upload-table.ts';
import { answerIdempotently, keyReused } from '../../shared/uploads/idempotent-request.ts';
import { refuseDeclaredType } from '../../shared/uploads/inspect-image.ts';
import type { UploadDependencies } from './dependencies.ts';
import { readUploadToShow, storeUploadNameOf, uploadRejected } from './upload-access.ts';
import { uploadLimitHeader } from './upload-limit-header.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table' | 'logger' | 'heic'> & {
  /** How many uploads an owner may have open; LIMITS.openUploads if absent. */
  openUploads?: number | undefined;
  economyMode: EconomyMode;
};

/** The part of a request to begin an upload that its record keeps. */
type Beginning = UploadDeclaration & Pick<UploadRecord, 'owner' | 'declarationFingerprint'>;

/** `POST /v1/uploads` */
export const createUpload =
  (dependencies: Dependencies): Handler =>
  async (request, h) => {
    const declaration = request.payload as UploadDeclaration;
    checkLength(declaration);
    refuseDeclaredType(declaration.contentType, dependencies.heic);
    const owner = ownerOf(request);
    const key = request.raw.req.headers['idempotency-key'];
    const upload =
      typeof key === 'string'
        ? await beginOnce({ ...declaration, owner }, key, dependencies)
        : await beginUpload({ ...declaration, owner }, dependencies);
    const view = uploadView(upload);
    return h
      .response(view)
      .code(201)
      .location(uploadPath(view.uploadId))
      .header('upload-limit', uploadLimitHeader(uploadLimits(upload)))
      .header('cache-control', 'no-store');
  };

function beginOnce(
  { owner, ...declaration }: Beginning,
  key: string,
  dependencies: Dependencies,
): Promise<UploadRecord> {
  const { table, logger } = dependencies;
  const declarationFingerprint = fingerprintOf({ declaration });
  return answerIdempotently(table, {
    key: { owner, key },
    imageId: createImageId(),
    async work() {
      const upload = await beginUpload({ ...declaration, owner, declarationFingerprint }, dependencies);
      return { answer: upload, made: { uploadId: upload.uploadId } };
    },
    onRenewalFailed: (err) => logger.warn({ err }, 'an Idempotency-Key could not be held for longer'),
    // Even a claim that was taken over begins a new upload: whether its former holder had begun one is unknown, and no client has heard of it.
    isDone: async () => false,
    async repeat({ uploadId }) {
      if (uploadId === undefined) throw keyReused();
      const upload = await readUploadToShow(table, uploadId);
      if (upload.status === 'rejected') throw uploadRejected(upload);
      if (upload.declarationFingerprint !== declarationFingerprint) throw keyReused();
      return upload;
    },
  });
}

function checkLength({ contentLength: actual, contentType }: UploadDeclaration): void {
  const isSvg = formatOfMediaType(contentType) === 'svg';
  const limit = isSvg ? LIMITS.svgBytes : LIMITS.asyncUploadBytes;
  if (actual === undefined || actual <= limit) return;
  const detail = `The limit is ${limit} bytes${isSvg ? ' for an SVG' : ''}, the image is declared to have ${actual}.`;
  throw new ImageServiceError('upload_too_large', detail, { limit, actual, unit: 'bytes' });
}

/** Begins the upload in the store first, so that no record names one that does not exist. An upload without a record expires in the store. */
async function beginUpload(beginning: Beginning, dependencies: Dependencies): Promise<UploadRecord> {
  const { objects, table, logger, economyMode, openUploads = LIMITS.openUploads } = dependencies;
  const { owner, contentType, contentLength, renditions } = beginning;
  const imageId = createImageId();
  const now = Date.now();
  const createdAt = new Date(now).toISOString();
  if (!(await countOpenUpload(table, { owner, createdAt }, openUploads))) throw tooManyUploads(openUploads);
  let storeUploadId: string | undefined;
  try {
    storeUploadId = await objects.createMultipartUpload(originalKey(imageId), { contentType });
    const upload: UploadRecord = {
      ...beginning,
      renditions: economyMode.isOn() ? renditions.map(economised) : renditions,
      uploadId: randomUUID(),
      imageId,
      status: 'open',
      storeUploadId,
      partSize: recommendedPartSize(contentLength),
      createdAt,
      validUntil: new Date(now + LIMITS.uploadSeconds * 1000).toISOString(),
    };
    await createUploadRecord(table, upload);
    return upload;
  } catch (error) {
    const warn = (what: string) => (err: unknown) => logger.warn({ imageId, err }, what);
    if (storeUploadId)
      await objects
        .abortMultipartUpload(storeUploadNameOf({ imageId, storeUploadId }))
        .catch(warn('an upload that nobody was told of stays in the store until it expires'));
    await uncountOpenUpload(table, { owner, createdAt }).catch(
      warn('an upload that nobody has counts as open until it expires'),
    );
    throw error;
  }
}

function tooManyUploads(limit: number): ImageServiceError {
  const detail = `${limit} uploads are open, and no more may be. Complete them, abort those that nobody goes on with (DELETE /v1/uploads/UPLOAD_ID), or wait until they expire.`;
  return new ImageServiceError('too_many_uploads', detail, { limit, unit: 'uploads', retryAfterSeconds: 60 });
}
