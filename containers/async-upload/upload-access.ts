import type { Request } from '@hapi/hapi';
import { type UploadView, uploadView } from '../../shared/contracts/api/upload-view.ts';
import { uploadOfTokenView } from '../../shared/contracts/api/uploader-view.ts';
import { decideAccess } from '../../shared/domain/access.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { principalOf } from '../../shared/http/authentication.ts';
import { type ImageTable, readCreatedImage } from '../../shared/storage/table/image-table.ts';
import { type FoundUpload, readUpload } from '../../shared/storage/table/upload-table.ts';

/** The Retry-After of an upload that is being completed. */
export const RETRY_AFTER_SECONDS = 1;

export const isExpired = ({ validUntil }: UploadRecord): boolean => Date.parse(validUntil) < Date.now();

export const uploadNotFound = (uploadId: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('upload_not_found', `There is no upload ${uploadId}.`, { cause });

/** The error for an upload that has become an image. */
export const uploadCompleted = ({ uploadId, imageId }: UploadRecord): ImageServiceError =>
  new ImageServiceError('upload_completed', `The upload ${uploadId} has become the image ${imageId}.`, { imageId });

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** The request came by a signed part URL, which the owner of the upload has asked for. */
    isSigned?: boolean;
  }
}

/** Whether the caller may know and change an upload. An upload token opens the one that it has begun. */
export function mayAccess(request: Request, { owner, tokenId }: UploadRecord): boolean {
  if (request.app.isSigned) return true;
  const principal = principalOf(request);
  if (principal?.uploadToken) return principal.owner === owner && principal.uploadToken.tokenId === tokenId;
  return decideAccess(principal, { owner }, 'change') === 'allow';
}

/** An upload as the caller may see it. */
export const viewFor = (request: Request, upload: UploadRecord): UploadView =>
  principalOf(request)?.uploadToken ? uploadOfTokenView(upload) : uploadView(upload);

/** The upload that a request names; `upload_not_found` if there is none or it is somebody else's. */
export async function readOwnUpload(table: ImageTable, request: Request): Promise<FoundUpload> {
  const uploadId = String(request.params.uploadId);
  const found = await readUpload(table, uploadId, (upload) => mayAccess(request, upload));
  if (!found) throw uploadNotFound(uploadId);
  return found;
}

/** Errors that reading an upload fails with, because the upload has ended without an image and without a reason to show. */
const ENDED = ['upload_aborted', 'upload_expired'];

/**
 * Reads an upload as it is shown to clients: as open if its completion died with its process. Throws `image_deleted` if it has become an image
 * that was deleted, and `upload_not_found`, `upload_aborted` or `upload_expired` if it has ended otherwise.
 */
export async function readUploadToShow(
  table: ImageTable,
  uploadId: string,
  isAllowed?: (upload: UploadRecord) => boolean,
): Promise<UploadRecord> {
  const found = await readUpload(table, uploadId, isAllowed);
  if (!found) throw uploadNotFound(uploadId);
  const { upload } = found;
  if (upload.status === 'completed') await readCreatedImage(table, upload.imageId);
  const refusal = uploadRefusal(found);
  if (refusal && ENDED.includes(refusal.code)) throw refusal;
  return refusal ? upload : { ...upload, status: 'open' };
}

/** The upload that a request names, for operations that need it open. */
export async function readOpenUpload(table: ImageTable, request: Request): Promise<UploadRecord> {
  const found = await readOwnUpload(table, request);
  await refuseUnlessOpen(table, found);
  return found.upload;
}

/** Refuses an upload that takes no parts, with the error of `uploadRefusal`, or `image_deleted` if it has become an image that was deleted. */
export async function refuseUnlessOpen(table: ImageTable, found: FoundUpload): Promise<void> {
  const { status, imageId } = found.upload;
  if (status === 'completed') await readCreatedImage(table, imageId);
  const refusal = uploadRefusal(found);
  if (refusal) throw refusal;
}

/** The error for an upload that takes no parts. Undefined if it takes some, which includes one whose completion died with its process. */
export function uploadRefusal({ upload, isHeld }: FoundUpload): ImageServiceError | undefined {
  const { uploadId, status, failure } = upload;
  switch (status) {
    case 'aborted':
      return new ImageServiceError('upload_aborted', `The upload ${uploadId} was aborted. Begin a new one.`);
    case 'completed':
      return uploadCompleted(upload);
    case 'rejected':
      return uploadRejected(upload);
    case 'completing':
      if (!isHeld && !upload.assembled) return expiryRefusal(upload);
      return new ImageServiceError('upload_completing', `The upload ${uploadId} is being completed.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    case 'open':
      return expiryRefusal(upload);
    default:
      throw new Error(`an upload cannot be ${status satisfies never} (${failure?.code})`);
  }
}

function expiryRefusal(upload: UploadRecord): ImageServiceError | undefined {
  if (!isExpired(upload)) return undefined;
  const detail = `The upload ${upload.uploadId} expired at ${upload.validUntil}. Begin a new one.`;
  return new ImageServiceError('upload_expired', detail);
}

/** The error for an upload whose bytes turned out to be no image or not as declared. It is final, because the bytes are gone. */
export const uploadRejected = ({ uploadId, failure }: UploadRecord): ImageServiceError =>
  new ImageServiceError(
    'upload_rejected',
    `The upload ${uploadId} was refused and its bytes removed: ${failure?.detail}`,
    {
      ...(failure && { failure }),
    },
  );

/** Explains, from the record as it is now, why the store no longer has an upload that the request found open; rethrows other errors. */
export async function explainMissingUpload(table: ImageTable, request: Request, error: unknown): Promise<never> {
  if (!hasCode(error, 'upload_not_found')) throw error;
  await readOpenUpload(table, request);
  throw uploadNotFound(String(request.params.uploadId), error);
}
