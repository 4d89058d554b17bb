import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { moderationOfNew } from '../../shared/domain/moderation.ts';
import {
  checkNamedParts,
  type NamedPart,
  type UploadRecord,
  uploadBytes,
} from '../../shared/domain/multipart-upload.ts';
import type { CountedRenditions } from '../../shared/domain/owner-limits.ts';
import { sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { isConditionFailed } from '../../shared/storage/table/conditional-write.ts';
import { type FoundImage, readImage } from '../../shared/storage/table/image-table.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import { type CompletionClaim, markAssembled, renewCompletion } from '../../shared/storage/table/upload-completion.ts';
import { type StoredOriginal, storeReceived } from '../../shared/uploads/ingestion.ts';
import { inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import { deleteLateOriginal, deleteReceived } from '../../shared/uploads/orphaned-original.ts';
import { assembledKey, storeUploadNameOf } from '../../shared/uploads/upload-objects.ts';
import type { UploadDependencies } from './dependencies.ts';
import { RETRY_AFTER_SECONDS } from './upload-access.ts';
import { listAllParts, uploadTooLarge } from './upload-size.ts';

/** An upload that is to be completed by whoever holds the claim. */
export interface Completion {
  upload: UploadRecord;
  claim: CompletionClaim;
  parts: NamedPart[];
  partsFingerprint: string;
  requestId: string;
}

/**
 * Makes the image of an upload: its bytes first, then the queue message, then the record, as for any image. Each step may have been done
 * already by a process that died.
 */
export async function assembleImage(completion: Completion, dependencies: UploadDependencies): Promise<FoundImage> {
  const { upload, requestId } = completion;
  const { objects, table, queue, limits } = dependencies;
  // Uploads of earlier versions that declare no visibility are of public images.
  const { uploadId, imageId, owner, renditions, metadata, visibility = 'public' } = upload;
  const earlier = await readImage(table, imageId, { consistent: true });
  if (earlier) {
    await deleteReceived(upload, objects);
    return earlier;
  }
  await assembleObject(completion, dependencies);
  const facts = await verify(upload, dependencies);
  const waiting = moderationOfNew(dependencies.moderation, { visibility });
  const given = { ...(metadata && { metadata }), visibility, ...waiting };
  // A process that has lost its claim must not publish what another may have aborted meanwhile.
  if (!(await renewCompletion(table, completion.claim))) {
    await deleteLateOriginal(upload, dependencies);
    throw claimLost(upload);
  }
  const place = await limits.reserveImage({ imageId, owner, ...facts });
  const { countedAs } = place;
  const image = newImage({ imageId, owner, uploadId, ...facts, ...given, countedAs }, renditions);
  let counted: CountedRenditions | undefined;
  try {
    counted = await limits.takeRenditions(owner, renditions.length);
    if (renditions.length > 0) await sendMessage(queue, { imageId, requestId, renditions });
  } catch (error) {
    await place.giveBack();
    await counted?.giveBack();
    throw error;
  }
  try {
    await createImage(table, image);
    await place.settle();
    await deleteReceived(upload, objects);
    return image;
  } catch (error) {
    const isTaken = isConditionFailed(error) || hasCode(error, 'image_deleted');
    if (isTaken) {
      await place.giveBack();
      await counted.giveBack();
    }
    const other = isTaken ? await readImage(table, imageId, { consistent: true }) : undefined;
    if (!other) throw error;
    return other;
  }
}

const claimLost = ({ uploadId }: UploadRecord): ImageServiceError =>
  new ImageServiceError('upload_completing', `Another request has taken the upload ${uploadId} over. Ask again.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** Has the store assemble the object. If the store no longer knows the upload, it may have assembled it before: then the object is there. */
async function assembleObject(
  { upload, claim, parts, partsFingerprint }: Completion,
  dependencies: UploadDependencies,
) {
  const { objects, table, limits } = dependencies;
  if (upload.assembled) return;
  try {
    const actual = checkNamedParts(parts, await listAllParts(upload, dependencies));
    checkTotal(upload, actual);
    // Parts expire by themselves, and what is joined does not.
    await limits.checkStorage(upload.owner, actual);
    await limits.checkDay(upload.owner, upload.renditions.length);
    await objects.completeMultipartUpload(storeUploadNameOf(upload), parts);
    upload.assembled = true;
    await markAssembled(table, claim, { partsFingerprint });
  } catch (error) {
    if (!hasCode(error, 'upload_not_found')) throw error;
    (await openAssembled(upload, dependencies)).body.destroy();
    upload.assembled = true;
    await markAssembled(table, claim);
  }
}

/** Opens the assembled object; `upload_not_found` if the store has neither the object nor the upload. */
async function openAssembled(upload: UploadRecord, { objects }: UploadDependencies) {
  try {
    return await objects.get(assembledKey(upload));
  } catch (error) {
    if (!hasCode(error, 'object_missing')) throw error;
    throw new ImageServiceError(
      'upload_not_found',
      `The object store has lost the upload ${upload.uploadId}. Begin a new one.`,
      { cause: error },
    );
  }
}

function checkTotal(upload: UploadRecord, actual: number): void {
  const limit = uploadBytes(upload);
  if (upload.contentLength === undefined) {
    if (actual > limit) throw uploadTooLarge(upload, actual);
    return;
  }
  if (actual === limit) return;
  const detail = `The parts in the list have ${actual} bytes together, and ${limit} were declared. Upload what is missing and list it.`;
  throw new ImageServiceError('upload_length_mismatch', detail, { limit, actual, unit: 'bytes' });
}

/** What is known of the original of an upload: its SHA-256, which S3 does not compute over parts, is read from all of it, or from what is written of it anew. */
async function storeAssembled(
  facts: { contentType: string; contentLength: number },
  upload: UploadRecord,
  { objects, ...rules }: UploadDependencies,
): Promise<StoredOriginal> {
  if (!upload.received) return objects.digest(assembledKey(upload));
  const { imageId, visibility } = upload;
  return storeReceived(objects, { ...rules, ...facts, imageId, visibility, sender: upload });
}

/** Reads the head of the object to inspect it, and all of it to make it the original. */
async function verify(upload: UploadRecord, dependencies: UploadDependencies) {
  const { contentType, checksumSha256: declared, types } = upload;
  const assembled = await openAssembled(upload, dependencies);
  const { contentLength } = assembled;
  const { body, ...facts } = await inspectImage(
    { ...assembled, declaredType: contentType },
    { ...dependencies, types },
  );
  body.destroy();
  const stored = await storeAssembled({ ...facts, contentLength }, upload, dependencies);
  if (declared && declared !== (stored.uploadedChecksumSha256 ?? stored.checksumSha256)) {
    throw new ImageServiceError(
      'upload_checksum_mismatch',
      // The reason names neither digest, because it is kept when everything else of the upload is gone.
      'Its bytes have another SHA-256 than was declared.',
    );
  }
  return { ...facts, ...stored };
}
