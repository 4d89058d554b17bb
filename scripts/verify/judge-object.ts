import { hasCode } from '../../shared/domain/errors.ts';
import { isUnderWay, type UploadRecord } from '../../shared/domain/multipart-upload.ts';
import type { FoundImage } from '../../shared/storage/image-table.ts';
import type { FoundUpload } from '../../shared/storage/upload-table.ts';
import { adopt } from './adopt.ts';
import type { Finding } from './findings.ts';
import { type Judging, readNow, uploadNow } from './judging.ts';
import { hasUnknownKeys, isRecorded, ownerOfKey } from './keys.ts';
import { isThere, readAll, refusalOf, unreadable } from './look-at-bytes.ts';

interface FoundObject {
  key: string;
  contentLength: number;
  lastModified: string;
}

/** Whether an object belongs to nothing, and what is done about it. */
export async function judgeObject(
  { key, contentLength, lastModified }: FoundObject,
  judging: Judging,
): Promise<Finding | undefined> {
  const { what, imageId } = ownerOfKey(key);
  const found = { kind: 'unrecorded' as const, what, key, contentLength, lastModified };
  if (imageId === undefined) return { ...found, detail: `Nothing of this service has such a name. ${sized(found)}` };
  const { image, isDamaged, hasDamaged } = await readNow(judging, imageId);
  // What is its own nobody knows before its record is mended or gone.
  if (isDamaged) return undefined;
  if (isRecorded(key, image) || !(await isThere(key, judging.place.objects))) return undefined;
  const upload = what === 'original' ? await uploadNow(judging, imageId) : undefined;
  // Who is completing it will write its record; of a place that is stopped nobody does any more, whatever they claimed.
  if (upload?.isHeld && !judging.place.isStopped) return undefined;
  const isUnknown = hasDamaged || hasUnknownKeys(image);
  const reason = what === 'original' ? reasonOfOriginal(image, upload) : reasonOfRendition(image, isUnknown);
  const finding: Finding = { ...found, imageId, detail: `${reason} ${sized(found)}` };
  if (image?.record.status === 'deleted') {
    // Who deletes an image writes this first, and then removes the bytes.
    return Date.parse(image.record.deletedAt) > judging.youngFrom ? undefined : removed(finding, judging);
  }
  if (what === 'original') return judgeOriginal(finding, judging, upload?.upload);
  // It may be what that record should name.
  return isUnknown ? finding : removed(finding, judging);
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

/** Never an original. */
async function removed(finding: Finding, { options, place }: Judging): Promise<Finding> {
  if (finding.what !== 'rendition' || !options.removeOrphans) return finding;
  return removeObject(finding, place);
}

/** Removes the object of a finding, or says why that cannot be. */
export async function removeObject(finding: Finding, { objects }: Judging['place']): Promise<Finding> {
  try {
    await objects.delete(finding.key);
    return { ...finding, done: 'removed' };
  } catch (error) {
    const reason = refusalOf(error);
    if (!reason) throw error;
    return { ...finding, detail: `${finding.detail} It cannot be removed (${reason}).` };
  }
}

async function judgeOriginal(
  finding: Finding,
  judging: Judging,
  upload: UploadRecord | undefined,
): Promise<Finding | undefined> {
  if (judging.options.adopt) return adopt(finding, { judging, upload });
  if (judging.options.quick) return finding;
  try {
    const { body } = await judging.place.objects.get(finding.key);
    const { checksumSha256 } = await readAll(body, judging.looking);
    return { ...finding, checksumSha256, detail: `${finding.detail} Its SHA-256 is ${checksumSha256}.` };
  } catch (error) {
    if (hasCode(error, 'object_missing')) return undefined;
    return { ...finding, detail: `${finding.detail} ${unreadable(error)}` };
  }
}
