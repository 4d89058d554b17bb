import { hasCode } from '../../shared/domain/errors.ts';
import { isUnderWay, type UploadRecord } from '../../shared/domain/multipart-upload.ts';
import type { FoundImage } from '../../shared/storage/table/image-table.ts';
import type { FoundUpload } from '../../shared/storage/table/upload-table.ts';
import { adoptOriginal } from './adopt-original.ts';
import { explainUnreadable, objectExists, readAll, refusalCode } from './check-object.ts';
import type { Finding } from './findings.ts';
import { hasUnknownKeys, isRecorded, ownerOfKey } from './object-owner.ts';
import { type RecheckContext, readImageNow, readUploadNow } from './recheck-context.ts';

interface FoundObject {
  key: string;
  contentLength: number;
  lastModified: string;
}

/** Checks whether an object belongs to no record, and repairs it as the options say. */
export async function recheckObject(
  { key, contentLength, lastModified }: FoundObject,
  context: RecheckContext,
): Promise<Finding | undefined> {
  const { what, imageId } = ownerOfKey(key);
  const found = { kind: 'unrecorded' as const, what, key, contentLength, lastModified };
  if (imageId === undefined) return { ...found, detail: `Nothing of this service has such a name. ${sized(found)}` };
  const { image, isDamaged, hasDamaged } = await readImageNow(context, imageId);
  // Nobody knows which objects belong to a damaged record until it is repaired or removed.
  if (isDamaged) return undefined;
  if (isRecorded(key, image) || !(await objectExists(key, context.stack.objects))) return undefined;
  const upload = what === 'original' ? await readUploadNow(context, imageId) : undefined;
  // Whoever holds the upload will write its record, except in a stopped stack, where nobody does.
  if (upload?.isHeld && !context.stack.isStopped) return undefined;
  const isUnknown = hasDamaged || hasUnknownKeys(image);
  const reason = what === 'original' ? reasonOfOriginal(image, upload) : reasonOfRendition(image, isUnknown);
  const finding: Finding = { ...found, imageId, detail: `${reason} ${sized(found)}` };
  if (image?.record.status === 'deleted') {
    // A deletion writes the tombstone first and then removes the bytes.
    return Date.parse(image.record.deletedAt) > context.recentFrom ? undefined : removed(finding, context);
  }
  if (what === 'original') return recheckOriginal(finding, context, upload?.upload);
  // It may be the object that the damaged record should name.
  return isUnknown ? finding : removed(finding, context);
}

const sized = ({ contentLength, lastModified }: Pick<FoundObject, 'contentLength' | 'lastModified'>): string =>
  `It has ${contentLength} bytes, of ${lastModified}.`;

const DELETED = 'Its image was deleted: delete it again, and it goes.';

function reasonOfOriginal(image: FoundImage | undefined, upload: FoundUpload | undefined): string {
  if (image?.record.status === 'deleted') return DELETED;
  if (!upload) return 'No record tells of it.';
  const { uploadId, status } = upload.upload;
  return `No record tells of it: its upload ${uploadId} ${isUnderWay(status) ? 'has not been completed' : `was ${status}`}.`;
}

function reasonOfRendition(image: FoundImage | undefined, isUnknown: boolean): string {
  if (image?.record.status === 'deleted') return DELETED;
  if (isUnknown) return 'It may be of a rendition whose record is damaged, or names a key that is none of its own.';
  return image ? 'Its image has no such rendition.' : 'No record tells of its image.';
}

/** Removes a rendition if the options say so, but never an original. */
async function removed(finding: Finding, { options, stack }: RecheckContext): Promise<Finding> {
  if (finding.what !== 'rendition' || !options.removeOrphans) return finding;
  return removeObject(finding, stack);
}

/** Removes the object of a finding, or says why that cannot be. */
export async function removeObject(finding: Finding, { objects }: RecheckContext['stack']): Promise<Finding> {
  try {
    await objects.delete(finding.key);
    return { ...finding, done: 'removed' };
  } catch (error) {
    const reason = refusalCode(error);
    if (!reason) throw error;
    return { ...finding, detail: `${finding.detail} It cannot be removed (${reason}).` };
  }
}

async function recheckOriginal(
  finding: Finding,
  context: RecheckContext,
  upload: UploadRecord | undefined,
): Promise<Finding | undefined> {
  if (context.options.adopt) return adoptOriginal(finding, { context, upload });
  if (context.options.quick) return finding;
  try {
    const { body } = await context.stack.objects.get(finding.key);
    const { checksumSha256 } = await readAll(body, context.looking);
    return { ...finding, checksumSha256, detail: `${finding.detail} Its SHA-256 is ${checksumSha256}.` };
  } catch (error) {
    if (hasCode(error, 'object_missing')) return undefined;
    return { ...finding, detail: `${finding.detail} ${explainUnreadable(error)}` };
  }
}
