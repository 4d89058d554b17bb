import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, TOMBSTONE_SECONDS } from '../contracts/table.ts';
import { pick } from '../domain/attributes.ts';
import { IMAGE_TRANSITIONS, type ImageRecord, type Tombstone } from '../domain/image-record.ts';
import { isWhole } from './damaged-items.ts';
import {
  asRead,
  epochSeconds,
  type Image,
  type ImageTable,
  type Item,
  imageNotFound,
  imageOf,
  isConditionFailed,
  isStored,
  readImageItems,
  recordKey,
  removeItems,
} from './image-table.ts';

/** Throws where the image is not to be deleted as it is. */
export type DeletionCheck = (image: Image) => void;

/**
 * Turns an image into a tombstone that leaves the list and that late work cannot bring back, and removes its renditions. Repeatable, with
 * the time of the first deletion; `image_not_found` if there never was one. Answers the tombstone. What `check` looked at is what the
 * tombstone replaces: another record, or a rendition added since, is looked at anew. What a worker makes of a rendition meanwhile goes with it.
 */
export async function deleteImage(table: ImageTable, imageId: string, check?: DeletionCheck): Promise<Tombstone> {
  for (;;) {
    const items = await readImageItems(table, imageId, { consistent: true });
    // Of what version it is nobody knows, so it goes with whoever deletes any.
    if (!check && items.record && !isWhole(items.record)) {
      if (await replaceDamaged(table, imageId, items.record)) break;
      continue;
    }
    const before = imageOf(imageId, items);
    if (!before) throw imageNotFound(imageId);
    if (check && isStored(before)) check(before);
    // Tombstones of earlier versions had no such time, and everything else.
    if ('deletedAt' in before.record) break;
    if ((await writeTombstone(table, before.record, { onlyAsRead: check !== undefined })) || !check) break;
  }
  // Only now: whoever adds a rendition from here on finds the tombstone.
  const items = await readImageItems(table, imageId, { consistent: true });
  const image = imageOf(imageId, items);
  if (image?.record.status !== 'deleted') throw imageNotFound(imageId);
  // Those that are damaged too, which are known by their keys only.
  await removeItems(table, items.renditions);
  return image.record;
}

/** Puts a tombstone where a damaged record is. Answers whether it did, or somebody has written it anew. */
async function replaceDamaged({ documents, tableName }: ImageTable, imageId: string, record: Item): Promise<boolean> {
  const { uploadId } = record;
  const owner = [record.owner, record[IMAGE_TABLE.listIndex.partitionKey]].find(isName) ?? UNKNOWN_OWNER;
  const Item = tombstoneItem({ imageId, owner, ...(isName(uploadId) && { uploadId }) });
  return unlessConditionFails(documents.send(new PutCommand({ TableName: tableName, Item, ...asRead(record) })));
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Of a record that does not say it any more. */
const UNKNOWN_OWNER = 'unknown';

function tombstoneItem(known: Pick<Tombstone, 'imageId' | 'owner' | 'uploadId'>): Item {
  const now = new Date();
  const tombstone: Tombstone = { ...known, status: 'deleted', deletedAt: now.toISOString() };
  const removeAfter = epochSeconds(now.getTime()) + TOMBSTONE_SECONDS;
  return { ...recordKey(known.imageId), ...tombstone, [IMAGE_TABLE.timeToLiveAttribute]: removeAfter };
}

/** What of a record ever changes. */
const CHANGING = ['additions', 'placeholder'] as const satisfies (keyof ImageRecord)[];

/** Puts the tombstone where the record was, so that no attribute stays that is not named here. Answers whether it did, or somebody else was faster. */
async function writeTombstone(
  { documents, tableName }: ImageTable,
  record: ImageRecord | Tombstone,
  { onlyAsRead }: { onlyAsRead: boolean },
): Promise<boolean> {
  const { imageId, owner, uploadId } = record;
  const from = IMAGE_TRANSITIONS.deleted.map((status, index) => [`:from${index}`, status] as const);
  const read = Object.entries(pick(record as ImageRecord, onlyAsRead ? CHANGING : [])).filter(
    ([, value]) => value !== undefined,
  );
  const unread = onlyAsRead ? CHANGING.filter((name) => !read.some(([known]) => known === name)) : [];
  const conditions = [
    `#status IN (${from.map(([name]) => name).join(', ')})`,
    ...['deletedAt', ...unread].map((name) => `attribute_not_exists(${name})`),
    ...read.map(([name]) => `${name} = :${name}`),
  ];
  return unlessConditionFails(
    documents.send(
      new PutCommand({
        TableName: tableName,
        Item: tombstoneItem({ imageId, owner, ...(uploadId && { uploadId }) }),
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: Object.fromEntries([
          ...from,
          ...read.map(([name, value]) => [`:${name}`, value] as const),
        ]),
      }),
    ),
  );
}

/** True if the write went through, false if its condition failed. */
async function unlessConditionFails(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return false;
  }
}
