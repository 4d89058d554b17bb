import type { Request } from '@hapi/hapi';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { ownerOf } from '../../shared/http/server.ts';
import type { UploadName } from '../../shared/storage/objects/object-store.ts';
import { type ImageTable, readCreatedImage } from '../../shared/storage/table/image-table.ts';
import { type FoundUpload, readUpload } from '../../shared/storage/table/upload-table.ts';

/** Seconds after which asking again for an upload that is being completed makes sense. */
export const RETRY_AFTER_SECONDS = 1;

export const nameOf = ({ imageId, storeUploadId }: Pick<UploadRecord, 'imageId' | 'storeUploadId'>): UploadName => ({
  key: originalKey(imageId),
  storeUploadId,
});

export const isExpired = ({ validUntil }: UploadRecord): boolean => Date.parse(validUntil) < Date.now();

export const notFound = (uploadId: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('upload_not_found', `There is no upload ${uploadId}.`, { cause });

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** The request came by a part URL, which whoever owns the upload has asked for. */
    isSigned?: boolean;
  }
}

export const mayUse = (request: Request, { owner }: UploadRecord): boolean =>
  request.app.isSigned || owner === ownerOf(request);

/** The upload that a request names; `upload_not_found` if there is none or it is somebody else's. */
export async function readOwnUpload(table: ImageTable, request: Request): Promise<FoundUpload> {
  const uploadId = String(request.params.uploadId);
  const found = await readUpload(table, uploadId);
  if (!found || !mayUse(request, found.upload)) throw notFound(uploadId);
  return found;
}

/** What is told as an error because nothing can follow it. */
const OVER = ['upload_aborted', 'upload_expired'];

/**
 * An upload as it is told, whatever its status: open where its completion died with its process. `image_deleted` where it has become an image
 * that is no more, `upload_not_found`, `upload_aborted` or `upload_expired` where nothing can follow.
 */
export async function readToldUpload(
  table: ImageTable,
  uploadId: string,
  isAllowed: (upload: UploadRecord) => boolean = () => true,
): Promise<UploadRecord> {
  const found = await readUpload(table, uploadId);
  if (!found || !isAllowed(found.upload)) throw notFound(uploadId);
  const { upload } = found;
  if (upload.status === 'completed') await readCreatedImage(table, upload.imageId);
  const refusal = whyNotOpen(found);
  if (refusal && OVER.includes(refusal.code)) throw refusal;
  return refusal ? upload : { ...upload, status: 'open' };
}

/** The upload that a request names, for what only an open upload takes. */
export async function readOpenUpload(table: ImageTable, request: Request): Promise<UploadRecord> {
  const found = await readOwnUpload(table, request);
  await refuseUnlessOpen(table, found);
  return found.upload;
}

/** Refuses an upload that takes no parts: as `whyNotOpen` has it, and by `image_deleted` one that has become an image that is no more. */
export async function refuseUnlessOpen(table: ImageTable, found: FoundUpload): Promise<void> {
  const { status, imageId } = found.upload;
  if (status === 'completed') await readCreatedImage(table, imageId);
  const refusal = whyNotOpen(found);
  if (refusal) throw refusal;
}

/** Why an upload takes no parts; undefined if it does, as one does whose completion died with its process. */
export function whyNotOpen({ upload, isHeld }: FoundUpload): ImageServiceError | undefined {
  const { uploadId, imageId, status, failure } = upload;
  switch (status) {
    case 'aborted':
      return new ImageServiceError('upload_aborted', `The upload ${uploadId} was aborted. Begin a new one.`);
    case 'completed':
      return new ImageServiceError('upload_completed', `The upload ${uploadId} has become the image ${imageId}.`, {
        imageId,
      });
    case 'rejected':
      return rejected(upload);
    case 'completing':
      if (!isHeld && !upload.assembled) return whyExpired(upload);
      return new ImageServiceError('upload_completing', `The upload ${uploadId} is being completed.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    case 'open':
      return whyExpired(upload);
    default:
      throw new Error(`an upload cannot be ${status satisfies never} (${failure?.code})`);
  }
}

function whyExpired(upload: UploadRecord): ImageServiceError | undefined {
  if (!isExpired(upload)) return undefined;
  const detail = `The upload ${upload.uploadId} expired at ${upload.validUntil}. Begin a new one.`;
  return new ImageServiceError('upload_expired', detail);
}

/** The refusal of bytes that turned out to be other than declared, or no image. Final: they are gone. */
export const rejected = ({ uploadId, failure }: UploadRecord): ImageServiceError =>
  new ImageServiceError(
    'upload_rejected',
    `The upload ${uploadId} was refused and its bytes removed: ${failure?.detail}`,
    {
      ...(failure && { failure }),
    },
  );

/** The store no longer has an upload that the request found open: tells why, from the record as it is now. */
export async function explainGone(table: ImageTable, request: Request, error: unknown): Promise<never> {
  if (!hasCode(error, 'upload_not_found')) throw error;
  await readOpenUpload(table, request);
  throw notFound(String(request.params.uploadId), error);
}
