import { type ErrorCode, type Failure, ImageServiceError } from '../../shared/domain/errors.ts';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { CLAIM_SECONDS } from '../../shared/storage/table/claim-expiry.ts';
import { isStored } from '../../shared/storage/table/image-table.ts';
import {
  expireCompletionClaim,
  finishCompletion,
  rejectUpload,
  renewCompletion,
  reopenUpload,
} from '../../shared/storage/table/upload-completion.ts';
import { writeUploadTombstone } from '../../shared/storage/table/upload-table.ts';
import { deleteOrphanedOriginal } from '../../shared/uploads/orphaned-original.ts';
import { assembleImage, type Completion } from './assemble-image.ts';
import type { UploadDependencies } from './dependencies.ts';

/** The completions that are under way in this process. They outlive the requests that began them. */
export interface Completions {
  /** Resolves when the upload is completed or refused for good; rejects, with the upload open again, if it can be completed later. */
  begin(completion: Completion): Promise<void>;
  /** Resolves when none is under way. */
  drained(): Promise<void>;
}

/** Errors of the bytes themselves, which completing again cannot help. */
const REJECTIONS = new Set<ErrorCode>([
  'empty_body',
  'unsupported_image',
  'image_type_mismatch',
  'image_unreadable',
  'too_many_pixels',
  // An SVG has a limit of its own for its bytes.
  'payload_too_large',
  'upload_checksum_mismatch',
  // The bytes are of a type that the upload token does not allow.
  'upload_token_exceeded',
]);

/**
 * Errors of limits, after which an upload can be completed later: its parts are still there, and end with it. Once they are joined, which is only
 * after there was room, others have taken that room meanwhile; the object would stay for ever and count for nobody, so it goes with the upload.
 */
const LIMITS_REACHED = new Set<ErrorCode>([
  'storage_quota_reached',
  'image_quota_reached',
  'rendition_quota_reached',
  'processing_quota_reached',
]);

/** Whoever has the upload token reads this as well, and is not told how much its owner has and may have. */
const TOO_LATE =
  'Other uploads took the last room of its owner while its parts were joined. Start it again once there is room.';

const failureOf = ({ code, message }: ImageServiceError): Failure => ({
  code,
  detail: LIMITS_REACHED.has(code) ? TOO_LATE : message,
});

const isRejection = (error: unknown, { assembled }: UploadRecord): error is ImageServiceError =>
  error instanceof ImageServiceError &&
  (REJECTIONS.has(error.code) || (assembled === true && LIMITS_REACHED.has(error.code)));

export function openCompletions(dependencies: UploadDependencies): Completions {
  const underWay = new Set<Promise<void>>();
  return {
    begin(completion) {
      const work = complete(completion, dependencies).finally(() => underWay.delete(work));
      underWay.add(work);
      // The error is logged here, because the request that waits for the work may have gone.
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
    const image = await assembleImage(completion, dependencies);
    if (isStored(image)) await finishCompletion(table, claim);
    else await writeUploadTombstone(table, { ...image.record, uploadId: upload.uploadId });
  } catch (error) {
    // Only the holder of the claim may reject the upload.
    if (!isRejection(error, upload) || !(await renewCompletion(table, claim))) {
      // A renewal that is still under way would extend the lease that is given up here.
      clearInterval(renewal);
      await renewed;
      const giveUp = upload.assembled ? expireCompletionClaim : reopenUpload;
      await giveUp(table, claim).catch(warn('a failed completion holds its upload until its time is over'));
      throw error;
    }
    if (await rejectUpload(table, claim, failureOf(error))) await deleteOrphanedOriginal(upload, dependencies);
  } finally {
    clearInterval(renewal);
  }
}
