import { type ErrorCode, hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import {
  checkNamedParts,
  type NamedPart,
  type UploadRecord,
  uploadBytes,
} from '../../shared/domain/multipart-upload.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { isConditionFailed } from '../../shared/storage/table/conditional-write.ts';
import { CLAIM_SECONDS } from '../../shared/storage/table/idempotency.ts';
import { type FoundImage, isStored, readImage } from '../../shared/storage/table/image-table.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import {
  type CompletionClaim,
  expireCompletionClaim,
  finishCompletion,
  markAssembled,
  rejectUpload,
  renewCompletion,
  reopenUpload,
} from '../../shared/storage/table/upload-completion.ts';
import { writeUploadTombstone } from '../../shared/storage/table/upload-table.ts';
import { inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import type { UploadDependencies } from './dependencies.ts';
import { nameOf, RETRY_AFTER_SECONDS } from './own-upload.ts';
import { listAllParts, overflow } from './part-room.ts';
import { deleteUnmade } from './unmade-original.ts';

/** An upload that is to be completed by whoever holds the claim. */
export interface Completion {
  upload: UploadRecord;
  claim: CompletionClaim;
  parts: NamedPart[];
  partsFingerprint: string;
  requestId: string;
}

/** The completions under way in this process. They outlive the requests that began them. */
export interface Completions {
  /** Resolves when the upload is completed or refused for good; rejects, with the upload open again, if it can be completed later. */
  begin(completion: Completion): Promise<void>;
  /** Resolves when none is under way. */
  drained(): Promise<void>;
}

/** What is wrong with the bytes themselves, so that completing again cannot help. */
const REJECTIONS = new Set<ErrorCode>([
  'empty_body',
  'unsupported_image',
  'image_type_mismatch',
  'image_unreadable',
  'too_many_pixels',
  // Of an SVG, whose bytes have a limit of their own.
  'payload_too_large',
  'upload_checksum_mismatch',
]);

export function openCompletions(dependencies: UploadDependencies): Completions {
  const underWay = new Set<Promise<void>>();
  return {
    begin(completion) {
      const work = complete(completion, dependencies).finally(() => underWay.delete(work));
      underWay.add(work);
      // The request that waits for it may have gone; the log has the error.
      work.catch((error: unknown) => {
        const { uploadId } = completion.upload;
        dependencies.logger.info({ uploadId, requestId: completion.requestId, err: error }, 'completion failed');
      });
      return work;
    },
    async drained() {
      await Promise.allSettled(underWay);
    },
  };
}

async function complete(completion: Completion, dependencies: UploadDependencies): Promise<void> {
  const { claim, upload, requestId } = completion;
  const { table, logger } = dependencies;
  const warn = (what: string) => (err: unknown) => logger.warn({ requestId, uploadId: upload.uploadId, err }, what);
  let renewed: Promise<unknown> = Promise.resolve();
  const renew = () => {
    renewed = renewCompletion(table, claim).catch(warn('a completion could not be held for longer'));
  };
  const renewal = setInterval(renew, (CLAIM_SECONDS * 1000) / 3);
  try {
    const image = await makeImage(completion, dependencies);
    if (isStored(image)) await finishCompletion(table, claim);
    else await writeUploadTombstone(table, { ...image.record, uploadId: upload.uploadId });
  } catch (error) {
    const isRejection = error instanceof ImageServiceError && REJECTIONS.has(error.code);
    // Only who still holds it may judge.
    if (!isRejection || !(await renewCompletion(table, claim))) {
      // A renewal under way would hold for another while what is let go.
      clearInterval(renewal);
      await renewed;
      const letGo = upload.assembled ? expireCompletionClaim : reopenUpload;
      await letGo(table, claim).catch(warn('a failed completion holds its upload until its time is over'));
      throw error;
    }
    const failure = { code: error.code, detail: error.message };
    if (await rejectUpload(table, claim, failure)) await deleteUnmade(upload, dependencies);
  } finally {
    clearInterval(renewal);
  }
}

/** Bytes, then message, then record, as any upload; each step may have been done already by a process that died. */
async function makeImage(completion: Completion, dependencies: UploadDependencies): Promise<FoundImage> {
  const { upload, requestId } = completion;
  const { table, queue } = dependencies;
  const { uploadId, imageId, owner, renditions, metadata, visibility } = upload;
  const earlier = await readImage(table, imageId, { consistent: true });
  if (earlier) return earlier;
  await assemble(completion, dependencies);
  const facts = await verify(upload, dependencies);
  const given = { ...(metadata && { metadata }), ...(visibility && { visibility }) };
  const image = newImage({ imageId, owner, uploadId, ...facts, ...given }, renditions);
  // Who has lost the claim meanwhile must not publish what another may have aborted.
  if (!(await renewCompletion(table, completion.claim))) throw claimLost(upload);
  if (renditions.length > 0) await sendMessage(queue, { imageId, requestId, renditions });
  try {
    await createImage(table, image);
    return image;
  } catch (error) {
    const isTaken = isConditionFailed(error) || hasCode(error, 'image_deleted');
    const other = isTaken ? await readImage(table, imageId, { consistent: true }) : undefined;
    if (!other) throw error;
    return other;
  }
}

const claimLost = ({ uploadId }: UploadRecord): ImageServiceError =>
  new ImageServiceError('upload_completing', `Another request has taken the upload ${uploadId} over. Ask again.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** Has the store make the object. A store that no longer knows the upload may have made it already: then the object is there. */
async function assemble({ upload, claim, parts, partsFingerprint }: Completion, dependencies: UploadDependencies) {
  const { objects, table } = dependencies;
  if (upload.assembled) return;
  try {
    checkTotal(upload, checkNamedParts(parts, await listAllParts(upload, dependencies)));
    await objects.completeMultipartUpload(nameOf(upload), parts);
    upload.assembled = true;
    await markAssembled(table, claim, { partsFingerprint });
  } catch (error) {
    if (!hasCode(error, 'upload_not_found')) throw error;
    (await openOriginal(upload, dependencies)).body.destroy();
    upload.assembled = true;
    await markAssembled(table, claim);
  }
}

/** The assembled bytes; `upload_not_found` if the store has neither them nor the upload. */
async function openOriginal({ uploadId, imageId }: UploadRecord, { objects }: UploadDependencies) {
  try {
    return await objects.get(originalKey(imageId));
  } catch (error) {
    if (!hasCode(error, 'object_missing')) throw error;
    throw new ImageServiceError(
      'upload_not_found',
      `The object store has lost the upload ${uploadId}. Begin a new one.`,
      { cause: error },
    );
  }
}

function checkTotal(upload: UploadRecord, actual: number): void {
  const limit = uploadBytes(upload);
  if (upload.contentLength === undefined) {
    if (actual > limit) throw overflow(upload, actual);
    return;
  }
  if (actual === limit) return;
  const detail = `The parts in the list have ${actual} bytes together, and ${limit} were declared. Upload what is missing and list it.`;
  throw new ImageServiceError('upload_length_mismatch', detail, { limit, actual, unit: 'bytes' });
}

/** Reads the object: its head for what it is, and all of it for its SHA-256, which S3 does not compute over parts. */
async function verify(upload: UploadRecord, dependencies: UploadDependencies) {
  const { imageId, contentType, checksumSha256: declared } = upload;
  const { objects } = dependencies;
  const original = await openOriginal(upload, dependencies);
  const { body, ...facts } = await inspectImage({ ...original, declaredType: contentType }, dependencies);
  body.destroy();
  const stored = await objects.digest(originalKey(imageId));
  if (declared && declared !== stored.checksumSha256) {
    throw new ImageServiceError(
      'upload_checksum_mismatch',
      // Without either: the reason is kept when all else of the upload is gone.
      'Its bytes have another SHA-256 than was declared.',
    );
  }
  return { ...facts, ...stored };
}
