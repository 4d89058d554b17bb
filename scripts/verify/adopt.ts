import { LOCAL_OWNER } from '../../shared/contracts/environment.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { isUnderWay, type UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { createImage, type FoundImage, isConditionFailed, isStored } from '../../shared/storage/image-table.ts';
import { takeBackImage } from '../../shared/storage/take-back-image.ts';
import { inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import type { Finding } from './findings.ts';
import { type Judging, readNow, uploadNow } from './judging.ts';
import { isThere, readAll, unreadable } from './look-at-bytes.ts';

/**
 * Makes the record of an original that has none, of what its bytes show, by the same conditional write as an upload: what has a record or a
 * tombstone by now stays as it is. Undefined then. Of an upload that has not been completed, but whose bytes have been put together, as who began it
 * declared it; renditions have to be asked for again, as of all. Who ends an upload notes that, looks for a record and then deletes the bytes, while
 * this writes the record and then looks for that note and the bytes: one of the two sees the other.
 */
export async function adopt(finding: Finding, { judging, upload }: Adopting): Promise<Finding | undefined> {
  const { key, imageId = '', lastModified = '' } = finding;
  const { place, options, looking } = judging;
  try {
    const { body: whole, contentLength } = await place.objects.get(key);
    const image = { body: whole, contentLength, declaredType: upload?.contentType };
    const { body, ...facts } = await inspectImage(image, { maxInputPixels: LIMITS.inputPixels, heic: true });
    const stored = await readAll(body, looking);
    const declared = upload?.checksumSha256;
    if (declared !== undefined && declared !== stored.checksumSha256) {
      return { ...finding, ...stored, detail: `${finding.detail} It is not adopted: another SHA-256 was declared.` };
    }
    const given = { imageId, ...(upload ? declaredOf(upload) : givenBy(options)) };
    const refused = await whyRefused(judging, imageId);
    if (refused) return { ...finding, ...stored, detail: `${finding.detail} ${refused}` };
    const made = newImage({ ...given, ...facts, ...stored }, [], new Date(lastModified));
    await createImage(place.table, made);
    return await lookBehind({ ...finding, ...stored, done: 'adopted' }, judging, made.record);
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

/** Why an upload's bytes are not to become an image, in a sentence: they go, or should have gone. */
async function whyRefused(judging: Judging, imageId: string): Promise<string | undefined> {
  const { status } = (await uploadNow(judging, imageId))?.upload ?? {};
  return status && !isUnderWay(status) ? `It is not adopted: its upload was ${status}.` : undefined;
}

/** What has become of what was adopted while that was done. */
async function lookBehind(adopted: Finding, judging: Judging, record: ImageRecord): Promise<Finding | undefined> {
  const { table, objects } = judging.place;
  const hasBytes = await isThere(adopted.key, objects);
  const refused = await whyRefused(judging, record.imageId);
  if (hasBytes && !refused) return adopted;
  const { done: _, ...finding } = adopted;
  if (await takeBackImage(table, record))
    return hasBytes ? { ...finding, detail: `${finding.detail} ${refused}` } : undefined;
  if (!isStored((await readNow(judging, record.imageId)).image)) return undefined;
  if (hasBytes) return adopted;
  return { ...finding, kind: 'lost', detail: 'It was deleted while it was adopted: delete its image.' };
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
