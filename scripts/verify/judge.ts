import { hasCode } from '../../shared/domain/errors.ts';
import { originalKey, renditionsPrefix } from '../../shared/domain/object-key.ts';
import { isStored } from '../../shared/storage/image-table.ts';
import type { Finding } from './findings.ts';
import { judgeItem } from './judge-item.ts';
import { judgeObject, removeObject } from './judge-object.ts';
import { type Judging, readNow, type Seen } from './judging.ts';
import { isNeededByOthers, isOwnKey, ownerOfKey } from './keys.ts';
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
  const promised = promiseOf(await readNow(judging, name.imageId), name);
  if (!promised) return undefined;
  const verdict = await lookAt(promised, judging.looking);
  if (verdict === 'well') return undefined;
  // Deleted, or made again, while it was looked at.
  const now = promiseOf(await readNow(judging, name.imageId), name);
  if (!now || now.since !== promised.since) return undefined;
  const { key, contentLength, since } = promised;
  const isRendition = name.rendition !== undefined;
  const facts = { what: isRendition ? ('rendition' as const) : ('original' as const), key, ...name };
  if (verdict === 'foreign' || !now.isOwn) return foreign(name, key);
  if (typeof verdict === 'object' && 'unread' in verdict)
    return { ...facts, kind: 'unreadable', detail: verdict.unread };
  if (verdict !== 'missing') {
    const finding = { ...facts, kind: 'different' as const, detail: verdict.wrong };
    return now.isNeeded ? finding : judgeDifferent(finding, judging);
  }
  if (isRendition) return { ...facts, kind: 'expired', detail: 'It is made again when somebody asks for it.' };
  return { ...facts, kind: 'lost', detail: `Its record, of ${since}, tells of ${contentLength} bytes.` };
}

interface PromisedNow extends Promised {
  since: string;
  /** The record names a key that can be its own. */
  isOwn: boolean;
  /** The bytes are needed whatever this record tells of them. */
  isNeeded: boolean;
}

/** What the records tell of the bytes now, and since when; undefined if they tell of none. */
function promiseOf({ image, hasDamaged }: Seen, name: RecordName): PromisedNow | undefined {
  if (!isStored(image)) return undefined;
  const { record, renditions } = image;
  if (name.rendition === undefined) {
    const { contentLength, checksumSha256, createdAt } = record;
    const promised = { imageId: name.imageId, contentLength, checksumSha256, key: originalKey(name.imageId) };
    return { ...promised, since: createdAt, isOwn: true, isNeeded: true };
  }
  const found = renditions.find((rendition) => rendition.name === name.rendition);
  const promised = found && promisedBy(name.imageId, found);
  if (!promised) return undefined;
  const isNeeded = isNeededByOthers(image, found, hasDamaged);
  return { ...promised, since: found.updatedAt, isOwn: isOwnKey(image, found), isNeeded };
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
