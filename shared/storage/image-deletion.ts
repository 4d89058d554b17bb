import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, TOMBSTONE_SECONDS } from '../contracts/table.ts';
import { IMAGE_TRANSITIONS, type ImageRecord, type Tombstone } from '../domain/image-record.ts';
import {
  epochSeconds,
  type ImageTable,
  imageNotFound,
  isConditionFailed,
  readImage,
  recordKey,
  removeRenditions,
} from './image-table.ts';

/**
 * Turns an image into a tombstone that leaves the list and that late work cannot bring back, and removes its renditions. Repeatable, with
 * the time of the first deletion; `image_not_found` if there never was one. Answers the tombstone.
 */
export async function deleteImage(table: ImageTable, imageId: string): Promise<Tombstone> {
  const before = await readImage(table, imageId, { consistent: true });
  // Tombstones of earlier versions had no such time, and everything else.
  if (before && !('deletedAt' in before.record)) await writeTombstone(table, before.record);
  // Only now: whoever adds a rendition from here on finds the tombstone.
  const image = await readImage(table, imageId, { consistent: true });
  if (image?.record.status !== 'deleted') throw imageNotFound(imageId);
  await removeRenditions(table, imageId, image.renditions);
  return image.record;
}

/** Puts the tombstone where the record was, so that no attribute stays that is not named here. */
async function writeTombstone({ documents, tableName }: ImageTable, record: ImageRecord | Tombstone): Promise<void> {
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
  try {
    await documents.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...recordKey(imageId), ...tombstone, [IMAGE_TABLE.timeToLiveAttribute]: removeAfter },
        ConditionExpression: `#status IN (${from.map(([name]) => name).join(', ')}) AND attribute_not_exists(deletedAt)`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: Object.fromEntries(from),
      }),
    );
  } catch (error) {
    // Somebody else has.
    if (!isConditionFailed(error)) throw error;
  }
}
