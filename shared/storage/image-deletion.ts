import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, TOMBSTONE_SECONDS } from '../contracts/table.ts';
import { pick } from '../domain/attributes.ts';
import { IMAGE_TRANSITIONS, type ImageRecord, type Tombstone } from '../domain/image-record.ts';
import {
  epochSeconds,
  type Image,
  type ImageTable,
  imageNotFound,
  isConditionFailed,
  isStored,
  readImage,
  recordKey,
  removeRenditions,
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
    const before = await readImage(table, imageId, { consistent: true });
    if (!before) throw imageNotFound(imageId);
    if (check && isStored(before)) check(before);
    // Tombstones of earlier versions had no such time, and everything else.
    if ('deletedAt' in before.record) break;
    if ((await writeTombstone(table, before.record, { onlyAsRead: check !== undefined })) || !check) break;
  }
  // Only now: whoever adds a rendition from here on finds the tombstone.
  const image = await readImage(table, imageId, { consistent: true });
  if (image?.record.status !== 'deleted') throw imageNotFound(imageId);
  await removeRenditions(table, imageId, image.renditions);
  return image.record;
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
  const now = new Date();
  const tombstone: Tombstone = {
    imageId,
    owner,
    status: 'deleted',
    ...(uploadId && { uploadId }),
    deletedAt: now.toISOString(),
  };
  const removeAfter = epochSeconds(now.getTime()) + TOMBSTONE_SECONDS;
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
  try {
    await documents.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...recordKey(imageId), ...tombstone, [IMAGE_TABLE.timeToLiveAttribute]: removeAfter },
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: Object.fromEntries([
          ...from,
          ...read.map(([name, value]) => [`:${name}`, value] as const),
        ]),
      }),
    );
    return true;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return false;
  }
}
