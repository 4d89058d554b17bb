import { LOCAL_OWNER } from '../../shared/contracts/environment.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { createImage, type FoundImage, isConditionFailed } from '../../shared/storage/image-table.ts';
import { inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import type { Finding } from './findings.ts';
import { type Judging, readNow } from './judging.ts';
import { readAll, unreadable } from './look-at-bytes.ts';

/**
 * Makes the record of an original that has none, of what its bytes show, by the same conditional write as an upload: what has a record or a
 * tombstone by now stays as it is. Undefined then. Of an upload that has not been completed, but whose bytes have been put together, as who began it
 * declared it; renditions have to be asked for again, as of all.
 */
export async function adopt(finding: Finding, { judging, upload }: Adopting): Promise<Finding | undefined> {
  const { key, imageId = '', lastModified = '' } = finding;
  const { place, options, looking } = judging;
  try {
    const { body: whole, contentLength } = await place.objects.get(key);
    const image = { body: whole, contentLength, declaredType: upload?.contentType };
    const { body, ...facts } = await inspectImage(image, LIMITS.inputPixels);
    const stored = await readAll(body, looking);
    const declared = upload?.checksumSha256;
    if (declared !== undefined && declared !== stored.checksumSha256) {
      return { ...finding, ...stored, detail: `${finding.detail} It is not adopted: another SHA-256 was declared.` };
    }
    const given = { imageId, ...(upload ? declaredOf(upload) : givenBy(options)) };
    await createImage(place.table, newImage({ ...given, ...facts, ...stored }, [], new Date(lastModified)));
    return { ...finding, ...stored, done: 'adopted' };
  } catch (error) {
    if (hasCode(error, 'object_missing') || hasCode(error, 'image_deleted')) return undefined;
    if (isConditionFailed(error)) return takenBy((await readNow(judging, imageId)).image, finding);
    const isRefused = error instanceof ImageServiceError && !error.retryable;
    return {
      ...finding,
      detail: `${finding.detail} It cannot be adopted: ${isRefused ? error.message : unreadable(error)}`,
    };
  }
}

interface Adopting {
  judging: Judging;
  /** That has brought the bytes, where it is known. */
  upload: UploadRecord | undefined;
}

const declaredOf = ({ owner, uploadId, metadata, visibility }: UploadRecord) => ({
  ...{ owner, uploadId },
  ...(metadata && { metadata }),
  ...(visibility && { visibility }),
});

const givenBy = ({ owner = LOCAL_OWNER, visibility }: Judging['options']) => ({
  owner,
  ...(visibility === 'private' && { visibility }),
});

/** What kept a record from being written: a record, or a tombstone whose time is over and that is still in the table. */
const takenBy = (image: FoundImage | undefined, finding: Finding): Finding | undefined =>
  image ? undefined : { ...finding, detail: `${finding.detail} It is not adopted: its image was deleted.` };
