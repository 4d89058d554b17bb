import { hasCode } from '../../shared/domain/errors.ts';
import { originalKey, renditionsPrefix } from '../../shared/domain/object-key.ts';
import { accessTargetOf } from '../../shared/storage/table/image-access.ts';
import { isStored, readImageItems } from '../../shared/storage/table/image-table.ts';
import { checkObject, type ExpectedObject, expectedRendition, explainUnreadable } from './check-object.ts';
import type { Finding } from './findings.ts';
import { isNeededByOthers, isOwnKey, ownerOfKey } from './object-owner.ts';
import { type ImageState, type RecheckContext, readImageNow } from './recheck-context.ts';
import { recheckItem } from './recheck-item.ts';
import { recheckObject, removeObject } from './recheck-object.ts';
import type { Recheck } from './recheck-queue.ts';

/** Checks a suspect again with the current records and bytes, and repairs it as the options say. */
export const recheckBy =
  (context: RecheckContext): Recheck =>
  async (suspect) => {
    const found = await recheckSuspect(suspect, context);
    const finding = found && { ...found, ...(await ownerNow(found, context)) };
    const { owner, adopt } = context.options;
    return owner === undefined || adopt || finding?.owner === owner ? finding : undefined;
  };

function recheckSuspect(suspect: Parameters<Recheck>[0], context: RecheckContext): Promise<Finding | undefined> {
  if (suspect.of === 'record') return recheckRecord(suspect, context);
  if (suspect.of === 'item') return recheckItem(suspect, context);
  return suspect.of === 'object' ? recheckObject(suspect, context) : recheckUpload(suspect, context);
}

/** The owner of the image that a finding is about, also where its record is damaged. */
async function ownerNow({ imageId }: Finding, { stack, reads }: RecheckContext): Promise<Pick<Finding, 'owner'>> {
  if (imageId === undefined) return {};
  await reads.take(1);
  const { record } = await readImageItems(stack.table, imageId, { consistent: true });
  const owner = record && accessTargetOf(record)?.owner;
  return owner === undefined ? {} : { owner };
}

interface RecordName {
  imageId: string;
  rendition?: string;
}

async function recheckRecord(name: RecordName, context: RecheckContext): Promise<Finding | undefined> {
  const expected = expectedNow(await readImageNow(context, name.imageId), name);
  if (!expected) return undefined;
  const verdict = await checkObject(expected, context.looking);
  if (verdict === 'well') return undefined;
  // It was deleted, or rendered again, while it was checked.
  const now = expectedNow(await readImageNow(context, name.imageId), name);
  if (!now || now.since !== expected.since) return undefined;
  const { key, contentLength, since } = expected;
  const isRendition = name.rendition !== undefined;
  const facts = { what: isRendition ? ('rendition' as const) : ('original' as const), key, ...name };
  if (verdict === 'foreign' || !now.isOwn) return foreign(name, key);
  if (typeof verdict === 'object' && 'unread' in verdict)
    return { ...facts, kind: 'unreadable', detail: verdict.unread };
  if (verdict !== 'missing') {
    const finding = { ...facts, kind: 'different' as const, detail: verdict.wrong };
    return now.isNeeded ? finding : removeDifferent(finding, context);
  }
  if (isRendition) return { ...facts, kind: 'expired', detail: 'It is made again when somebody asks for it.' };
  return { ...facts, kind: 'lost', detail: `Its record, of ${since}, tells of ${contentLength} bytes.` };
}

interface ExpectedNow extends ExpectedObject {
  since: string;
  /** Whether the record names a key that can be its own. */
  isOwn: boolean;
  /** Whether the bytes are needed whatever this record says. */
  isNeeded: boolean;
}

/** The object that the records expect now, and since when; undefined if they expect none. */
function expectedNow({ image, hasDamaged }: ImageState, name: RecordName): ExpectedNow | undefined {
  if (!isStored(image)) return undefined;
  const { record, renditions } = image;
  if (name.rendition === undefined) {
    const { contentLength, checksumSha256, createdAt } = record;
    const expected = { imageId: name.imageId, contentLength, checksumSha256, key: originalKey(name.imageId) };
    return { ...expected, since: createdAt, isOwn: true, isNeeded: true };
  }
  const found = renditions.find((rendition) => rendition.name === name.rendition);
  const expected = found && expectedRendition(name.imageId, found);
  if (!expected) return undefined;
  const isNeeded = isNeededByOthers(image, found, hasDamaged);
  return { ...expected, since: found.updatedAt, isOwn: isOwnKey(image, found), isNeeded };
}

/** The finding for a foreign key. The object that it names is left alone, because it may be the original of another image. */
function foreign(name: RecordName, named: unknown): Finding {
  const key = typeof named === 'string' && named ? named : renditionsPrefix(name.imageId);
  const { what } = ownerOfKey(key);
  return { kind: 'different', what, key, ...name, detail: 'Its record names a key that is none of its own.' };
}

/** Removes a different rendition if the options say so: it is rendered again, while an original never is. */
async function removeDifferent(finding: Finding, { options, stack }: RecheckContext): Promise<Finding> {
  if (finding.what !== 'rendition' || !options.dropDamaged) return finding;
  return removeObject(finding, stack);
}

const PARTS_OF_NONE = 'Its parts belong to no upload that is open, and go by themselves after some days.';
const PARTS_OF_DAMAGED = 'Its parts may be of an upload whose record is damaged, and go by themselves after some days.';

async function recheckUpload(
  upload: { key: string; storeUploadId: string },
  { stack, options, openUploads }: RecheckContext,
): Promise<Finding | undefined> {
  if (openUploads.isOpen(upload.key)) return undefined;
  try {
    await stack.objects.listParts(upload, { maxParts: 1, partNumberMarker: 0 });
    const { hasDamaged } = openUploads;
    const detail = hasDamaged ? PARTS_OF_DAMAGED : PARTS_OF_NONE;
    const finding: Finding = { kind: 'unrecorded', what: 'upload', key: upload.key, detail };
    if (!options.removeOrphans || hasDamaged) return finding;
    await stack.objects.abortMultipartUpload(upload);
    return { ...finding, done: 'removed' };
  } catch (error) {
    if (hasCode(error, 'upload_not_found')) return undefined;
    return { kind: 'unreadable', what: 'upload', key: upload.key, detail: explainUnreadable(error) };
  }
}
