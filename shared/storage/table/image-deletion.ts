import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, TOMBSTONE_SECONDS } from '../../contracts/table.ts';
import type { AccessTarget } from '../../domain/access.ts';
import { isForEverybody } from '../../domain/access.ts';
import { pick } from '../../domain/attributes.ts';
import { IMAGE_TRANSITIONS, type ImageRecord, purgeOf, type Tombstone } from '../../domain/image-record.ts';
import { ifUnchanged, unlessConditionFails } from './conditional-write.ts';
import { accessTargetOf } from './image-access.ts';
import {
  epochSeconds,
  type Image,
  type ImageItems,
  type ImageTable,
  type Item,
  imageFromItems,
  imageNotFound,
  isStored,
  readFirstItems,
  readImageItems,
  recordKey,
  removeItems,
} from './image-table.ts';
import { isValidItem } from './item-validation.ts';
import { owedBy, owes } from './owed-work.ts';
import { announceLeaving, subtractImage } from './stored-usage.ts';

interface DeletionOptions {
  /** Whether the caller may delete the image, or what is left of it; to others there is none. Operators, who are not asked, may. */
  mayDelete?: ((target: AccessTarget) => boolean) | undefined;
  /** Throws where the image is not to be deleted as it is. */
  check?: ((image: Image) => void) | undefined;
  /** Whether a CDN may have copies of what is public. */
  owesInvalidation?: boolean;
}

/**
 * Turns an image into a tombstone that leaves the list and that late work cannot bring back, and removes its renditions. Repeatable, with
 * the time of the first deletion; `image_not_found` if there never was one. Answers the tombstone. What `check` looked at is what the
 * tombstone replaces: another record, or a rendition added since, is looked at anew. What a worker makes of a rendition meanwhile goes with it.
 */
export async function deleteImageRecord(
  table: ImageTable,
  imageId: string,
  { mayDelete, check, owesInvalidation = false }: DeletionOptions = {},
): Promise<Tombstone> {
  let freed: string | undefined;
  for (;;) {
    const { first, all } = await readFirstItems(table, imageId, { consistent: true });
    if (mayDelete && !isAllowed(first, mayDelete)) throw imageNotFound(imageId);
    // Only a version depends on renditions.
    const items = check ? await all() : first;
    // Nobody knows the version of a damaged record, so only an unconditional deletion removes it.
    if (!check && items.record && !isValidItem(items.record)) {
      freed = await announceDamaged(table, imageId, items.record);
      if (await replaceDamaged(table, items.record, { imageId, freed, owesInvalidation })) break;
      continue;
    }
    const before = imageFromItems(imageId, items);
    if (!before) throw imageNotFound(imageId);
    if (check && isStored(before)) check(before);
    // Tombstones of earlier versions had no such time, and everything else.
    if ('deletedAt' in before.record) break;
    if (isStored(before) && before.record.countedAs)
      freed = await announceLeaving(table, before.record, before.record.countedAs);
    const options = { freed, onlyAsRead: check !== undefined, owesInvalidation };
    if (await writeTombstone(table, before.record, options)) break;
  }
  // The renditions are read only now: whoever adds one from here on finds the tombstone.
  const items = await readImageItems(table, imageId, { consistent: true });
  const image = imageFromItems(imageId, items);
  if (image?.record.status !== 'deleted') throw imageNotFound(imageId);
  // Damaged renditions are removed too; only their keys are known.
  await removeItems(table, items.renditions);
  if (freed !== undefined || image.record.freed !== undefined) await subtractImage(table, image.record);
  return image.record;
}

/** Writes the tombstone of an image that has no record yet, so that it never gets one. An image that has one stays as it is. */
export async function preventImage(
  { documents, tableName }: ImageTable,
  { imageId, owner }: Pick<Tombstone, 'imageId' | 'owner'>,
): Promise<void> {
  const Item = tombstoneItem({ imageId, owner, visibility: 'private' }, false);
  const ConditionExpression = `attribute_not_exists(${IMAGE_TABLE.partitionKey})`;
  await unlessConditionFails(documents.send(new PutCommand({ TableName: tableName, Item, ConditionExpression })));
}

function isAllowed({ record }: ImageItems, mayDelete: (target: AccessTarget) => boolean): boolean {
  const target = record && accessTargetOf(record);
  return target !== undefined && mayDelete(target);
}

/** Replaces a damaged record by a tombstone. Resolves to false if somebody has written the record anew meanwhile. */
async function replaceDamaged(
  { documents, tableName }: ImageTable,
  record: Item,
  { imageId, freed, owesInvalidation }: { imageId: string; freed: string | undefined; owesInvalidation: boolean },
): Promise<boolean> {
  const { uploadId } = record;
  const known = { imageId, owner: ownerOf(record), ...(isName(uploadId) && { uploadId }), ...(freed && { freed }) };
  const Item = tombstoneItem(known, owesInvalidation);
  const replacement = documents.send(new PutCommand({ TableName: tableName, Item, ...ifUnchanged(record) }));
  return (await unlessConditionFails(replacement)) !== undefined;
}

const ownerOf = (record: Item): string =>
  [record.owner, record[IMAGE_TABLE.listIndex.partitionKey]].find(isName) ?? UNKNOWN_OWNER;

/** Announces that a damaged image leaves, if its record still says as what and with how many bytes it counts. */
async function announceDamaged(table: ImageTable, imageId: string, record: Item): Promise<string | undefined> {
  const { freed, countedAs, contentLength } = record;
  if (isName(freed)) return freed;
  if (!isName(countedAs) || !Number.isSafeInteger(contentLength)) return undefined;
  return announceLeaving(table, { owner: ownerOf(record), imageId, contentLength: Number(contentLength) }, countedAs);
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The owner in the tombstone of a damaged record that has lost it. */
const UNKNOWN_OWNER = 'unknown';

function tombstoneItem(known: Omit<Tombstone, 'status' | 'deletedAt'>, owesInvalidation: boolean): Item {
  const now = new Date();
  const tombstone: Tombstone = { ...known, status: 'deleted', deletedAt: now.toISOString() };
  const removeAfter = epochSeconds(now.getTime()) + TOMBSTONE_SECONDS;
  const work = owesInvalidation ? owedBy(tombstone) : undefined;
  return {
    ...recordKey(known.imageId),
    ...tombstone,
    [IMAGE_TABLE.timeToLiveAttribute]: removeAfter,
    ...(work && owes(work, known.imageId, now)),
  };
}

/** What changes of a record beside what changes with `changedAt`. */
const CHANGING = ['additions', 'placeholder'] as const satisfies (keyof ImageRecord)[];

/** Replaces the whole record by the tombstone, so that no other attribute stays. Resolves to false if somebody else was faster. */
async function writeTombstone(
  { documents, tableName }: ImageTable,
  record: ImageRecord | Tombstone,
  {
    freed,
    onlyAsRead,
    owesInvalidation,
  }: { freed?: string | undefined; onlyAsRead: boolean; owesInvalidation: boolean },
): Promise<boolean> {
  const from = IMAGE_TRANSITIONS.deleted.map((status, index) => [`:from${index}`, status] as const);
  // Always as read, because visibility decides what the tombstone owes, and it tells what is subtracted.
  const names = ['changedAt', 'countedAs', ...(onlyAsRead ? CHANGING : [])] as const;
  const read = Object.entries(pick(record as ImageRecord, names));
  const unread = names.filter((name) => !read.some(([known]) => known === name));
  const conditions = [
    `#status IN (${from.map(([name]) => name).join(', ')})`,
    ...['deletedAt', ...unread].map((name) => `attribute_not_exists(${name})`),
    ...read.map(([name]) => `${name} = :${name}`),
  ];
  const replaced = await unlessConditionFails(
    documents.send(
      new PutCommand({
        TableName: tableName,
        Item: tombstoneItem({ ...remainsOf(record), ...(freed && { freed }) }, owesInvalidation),
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: Object.fromEntries([
          ...from,
          ...read.map(([name, value]) => [`:${name}`, value] as const),
        ]),
      }),
    ),
  );
  return replaced !== undefined;
}

/** What a tombstone keeps of an image. A purge that is owed when the image is deleted is owed by the tombstone. */
function remainsOf(record: ImageRecord | Tombstone): Omit<Tombstone, 'status' | 'deletedAt'> {
  const { imageId, owner, uploadId } = record;
  const isPublic = record.status === 'stored' ? isForEverybody(record) : record.visibility !== 'private';
  const purge = record.status === 'stored' ? purgeOf(record) : undefined;
  return {
    ...{ imageId, owner, ...(uploadId && { uploadId }) },
    ...(!isPublic && { visibility: 'private' }),
    ...(!isPublic && purge && !purge.invalidationId && { wasPublic: true }),
  };
}
