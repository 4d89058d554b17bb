import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { moderationOfNew } from '../../shared/domain/moderation.ts';
import { isUnderWay, type UploadRecord } from '../../shared/domain/multipart-upload.ts';
import { LOCAL_OWNER } from '../../shared/domain/principal.ts';
import { checkTypeBound, tooManyBytes } from '../../shared/domain/upload-token.ts';
import { isConditionFailed } from '../../shared/storage/table/conditional-write.ts';
import { type FoundImage, isStored } from '../../shared/storage/table/image-table.ts';
import { createImage, removeRecordIfUnchanged } from '../../shared/storage/table/image-writes.ts';
import { inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import { explainUnreadable, objectExists, readAll } from './check-object.ts';
import type { Finding } from './findings.ts';
import { type RecheckContext, readImageNow, readUploadNow } from './recheck-context.ts';

/**
 * Writes the record of an original that has none, from what its bytes show, by the same conditional write as an upload. Undefined if a record or a
 * tombstone exists by now, which stays as it is. An original whose upload was assembled but not completed becomes what the upload declared. Renditions
 * have to be requested again. Whoever ends an upload first writes that, then reads the record and deletes the bytes, while this first writes the record
 * and then reads the upload and the bytes: so one of the two sees the other.
 */
export async function adoptOriginal(finding: Finding, { context, upload }: Adopting): Promise<Finding | undefined> {
  const { key, imageId = '', lastModified = '' } = finding;
  const { stack, options, looking } = context;
  try {
    const { body: whole, contentLength } = await stack.objects.get(key);
    const image = { body: whole, contentLength, declaredType: upload?.contentType };
    const { body, ...facts } = await inspectImage(image, { maxInputPixels: LIMITS.inputPixels, heic: true });
    if (upload) checkBounds(upload, facts.contentType, contentLength);
    const stored = await readAll(body, looking);
    const declared = upload?.checksumSha256;
    if (declared !== undefined && declared !== stored.checksumSha256) {
      return { ...finding, ...stored, detail: `${finding.detail} It is not adopted: another SHA-256 was declared.` };
    }
    const given = { imageId, ...(upload ? declaredOf(upload) : givenBy(options)) };
    const refused = await uploadRefusal(context, imageId);
    if (refused) return { ...finding, ...stored, detail: `${finding.detail} ${refused}` };
    const waiting = moderationOfNew(options.moderation, given);
    const made = newImage({ ...given, ...waiting, ...facts, ...stored }, [], new Date(lastModified));
    await createImage(stack.table, made);
    const detail = waiting.moderation ? `${finding.detail} ${WAITS}` : finding.detail;
    return await checkAdopted({ ...finding, ...stored, detail, done: 'adopted' }, context, made.record);
  } catch (error) {
    if (hasCode(error, 'object_missing') || hasCode(error, 'image_deleted')) return undefined;
    if (isConditionFailed(error)) return takenBy((await readImageNow(context, imageId)).image, finding);
    const isRefused = error instanceof ImageServiceError && !error.retryable;
    return {
      ...finding,
      detail: `${finding.detail} It cannot be adopted: ${isRefused ? error.message : explainUnreadable(error)}`,
    };
  }
}

const WAITS = 'It waits for a decision before its bytes are delivered.';

/** Throws where an upload could not have been completed with these bytes. */
function checkBounds(upload: UploadRecord, contentType: string, actual: number): void {
  checkTypeBound(upload.types, contentType);
  if (upload.maxBytes !== undefined && actual > upload.maxBytes) throw tooManyBytes(upload.maxBytes, actual);
  // What was removed of bytes that were received elsewhere may have changed their number.
  if (upload.received || upload.contentLength === undefined || actual === upload.contentLength) return;
  const detail = `It was declared to have ${upload.contentLength} bytes, and has ${actual}.`;
  throw new ImageServiceError('upload_length_mismatch', detail);
}

/** Says in a sentence why the bytes of an upload must not become an image: they are or should have been removed. */
async function uploadRefusal(context: RecheckContext, imageId: string): Promise<string | undefined> {
  const { status } = (await readUploadNow(context, imageId))?.upload ?? {};
  return status && !isUnderWay(status) ? `It is not adopted: its upload was ${status}.` : undefined;
}

/** Checks what happened to an original while it was adopted. */
async function checkAdopted(
  adopted: Finding,
  context: RecheckContext,
  record: ImageRecord,
): Promise<Finding | undefined> {
  const { table, objects } = context.stack;
  const hasBytes = await objectExists(adopted.key, objects);
  const refused = await uploadRefusal(context, record.imageId);
  if (hasBytes && !refused) return adopted;
  const { done: _, ...finding } = adopted;
  if (await removeRecordIfUnchanged(table, record))
    return hasBytes ? { ...finding, detail: `${finding.detail} ${refused}` } : undefined;
  if (!isStored((await readImageNow(context, record.imageId)).image)) return undefined;
  if (hasBytes) return adopted;
  return { ...finding, kind: 'lost', detail: 'It was deleted while it was adopted: delete its image.' };
}

interface Adopting {
  context: RecheckContext;
  /** The upload that brought the bytes, if it is known. */
  upload: UploadRecord | undefined;
}

const declaredOf = ({ owner, uploadId, metadata, visibility = 'public' }: UploadRecord) => ({
  ...{ owner, uploadId, visibility },
  ...(metadata && { metadata }),
});

const givenBy = ({ owner = LOCAL_OWNER, visibility }: RecheckContext['options']) => ({ owner, visibility });

/** The finding if the record could not be written: an image exists, or an expired tombstone is still in the table. */
const takenBy = (image: FoundImage | undefined, finding: Finding): Finding | undefined =>
  image ? undefined : { ...finding, detail: `${finding.detail} It is not adopted: its image was deleted.` };
