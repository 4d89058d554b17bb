import { hasCode } from '../../shared/domain/errors.ts';
import { originalKey, renditionsPrefix } from '../../shared/domain/object-key.ts';
import { type FoundImage, isStored } from '../../shared/storage/image-table.ts';
import type { Finding } from './findings.ts';
import { judgeItem } from './judge-item.ts';
import { judgeObject, removeObject } from './judge-object.ts';
import { type Judging, readNow } from './judging.ts';
import { ownerOfKey } from './keys.ts';
import { lookAt, type Promised, promisedBy, unreadable } from './look-at-bytes.ts';
import type { Judge } from './suspects.ts';

/** Looks at a suspect again, as records and bytes are now, and does about it what the options say. */
export const judgeBy =
  (judging: Judging): Judge =>
  (suspect) => {
    if (suspect.of === 'record') return judgeRecord(suspect, judging);
    if (suspect.of === 'item') return judgeItem(suspect, judging);
    return suspect.of === 'object' ? judgeObject(suspect, judging) : judgeUpload(suspect, judging);
  };

interface RecordName {
  imageId: string;
  rendition?: string;
}

async function judgeRecord(name: RecordName, judging: Judging): Promise<Finding | undefined> {
  const promised = promiseOf((await readNow(judging, name.imageId)).image, name);
  if (!promised) return undefined;
  const verdict = await lookAt(promised, judging.looking);
  if (verdict === 'well') return undefined;
  // Deleted, or made again, while it was looked at.
  if (promiseOf((await readNow(judging, name.imageId)).image, name)?.since !== promised.since) return undefined;
  const { key, contentLength, since } = promised;
  const isRendition = name.rendition !== undefined;
  const facts = { what: isRendition ? ('rendition' as const) : ('original' as const), key, ...name };
  if (verdict === 'foreign') return foreign(name, key);
  if (typeof verdict === 'object' && 'unread' in verdict)
    return { ...facts, kind: 'unreadable', detail: verdict.unread };
  if (verdict !== 'missing') return judgeDifferent({ ...facts, kind: 'different', detail: verdict.wrong }, judging);
  if (isRendition) return { ...facts, kind: 'expired', detail: 'It is made again when somebody asks for it.' };
  return { ...facts, kind: 'lost', detail: `Its record, of ${since}, tells of ${contentLength} bytes.` };
}

/** What the records tell of the bytes now, and since when; undefined if they tell of none. */
function promiseOf(image: FoundImage | undefined, name: RecordName): (Promised & { since: string }) | undefined {
  if (!isStored(image)) return undefined;
  const { record, renditions } = image;
  if (name.rendition === undefined) {
    const { contentLength, checksumSha256, createdAt } = record;
    return { imageId: name.imageId, contentLength, checksumSha256, key: originalKey(name.imageId), since: createdAt };
  }
  const found = renditions.find((rendition) => rendition.name === name.rendition);
  const promised = found && promisedBy(name.imageId, found);
  return promised && { ...promised, since: found.updatedAt };
}

/** Whatever it names stays as it is: that may be the original of another image. */
function foreign(name: RecordName, named: unknown): Finding {
  const key = typeof named === 'string' && named ? named : renditionsPrefix(name.imageId);
  const { what } = ownerOfKey(key);
  return { kind: 'different', what, key, ...name, detail: 'Its record names a key that is none of its own.' };
}

/** A rendition that is gone is made again; an original never is. */
async function judgeDifferent(finding: Finding, { options, place }: Judging): Promise<Finding> {
  if (finding.what !== 'rendition' || !options.dropDamaged) return finding;
  return removeObject(finding, place);
}

const PARTS_OF_NONE = 'Its parts belong to no upload that is open, and go by themselves after some days.';
const PARTS_OF_DAMAGED = 'Its parts may be of an upload whose record is damaged, and go by themselves after some days.';

async function judgeUpload(
  upload: { key: string; storeUploadId: string },
  { place, options, openUploads }: Judging,
): Promise<Finding | undefined> {
  if (openUploads.isOpen(upload.key)) return undefined;
  try {
    await place.objects.listParts(upload, { maxParts: 1, partNumberMarker: 0 });
    const { hasDamaged } = openUploads;
    const detail = hasDamaged ? PARTS_OF_DAMAGED : PARTS_OF_NONE;
    const finding: Finding = { kind: 'unrecorded', what: 'upload', key: upload.key, detail };
    if (!options.removeOrphans || hasDamaged) return finding;
    await place.objects.abortMultipartUpload(upload);
    return { ...finding, done: 'removed' };
  } catch (error) {
    if (hasCode(error, 'upload_not_found')) return undefined;
    return { kind: 'unreadable', what: 'upload', key: upload.key, detail: unreadable(error) };
  }
}
