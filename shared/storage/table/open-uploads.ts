import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, openUploadsPartition, openUploadsSortKey } from '../../contracts/table.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { UploadRecord } from '../../domain/multipart-upload.ts';
import { updateItem } from './conditional-write.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/** The owner and the day of creation determine the counter of an upload. */
type Begun = Pick<UploadRecord, 'owner' | 'createdAt'>;

const DAY_SECONDS = 24 * 60 * 60;

const countKey = ({ owner, createdAt }: Begun): Item => ({
  [IMAGE_TABLE.partitionKey]: openUploadsPartition(owner),
  [IMAGE_TABLE.sortKey]: openUploadsSortKey(createdAt),
});

/**
 * Counts an upload that is about to begin. Resolves to false, and does not count it, if its owner would have more than `limit` open uploads. There is
 * one counter for each day, so that uploads that nobody ended expire with the counter of their day. It counts before it compares, so that
 * concurrent requests cannot exceed the limit together.
 */
export async function countOpenUpload(table: ImageTable, begun: Begun, limit: number): Promise<boolean> {
  const removeAfter = epochSeconds(Date.parse(begun.createdAt)) + LIMITS.uploadSeconds + 2 * DAY_SECONDS;
  await table.documents.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: countKey(begun),
      UpdateExpression: 'SET #removeAfter = :removeAfter ADD openUploads :one',
      ExpressionAttributeNames: { '#removeAfter': IMAGE_TABLE.timeToLiveAttribute },
      ExpressionAttributeValues: { ':removeAfter': removeAfter, ':one': 1 },
    }),
  );
  if ((await countedSince(table, begun)) <= limit) return true;
  await uncountOpenUpload(table, begun);
  return false;
}

/** Stops counting an upload that has ended. If the process dies before this, the upload counts until the counter of its day expires. */
export async function uncountOpenUpload(table: ImageTable, begun: Begun): Promise<void> {
  // The condition fails if the counter of that day has expired.
  await updateItem(table, {
    key: countKey(begun),
    add: { openUploads: -1 },
    condition: '#openUploads > :none',
    values: { ':none': 0 },
  });
}

/** Counts the uploads of an owner that can still be open when the new one begins. */
async function countedSince({ documents, tableName }: ImageTable, { owner, createdAt }: Begun): Promise<number> {
  const oldest = new Date(Date.parse(createdAt) - LIMITS.uploadSeconds * 1000).toISOString();
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: '#partition = :partition AND #day BETWEEN :oldest AND :today',
      ExpressionAttributeNames: { '#partition': IMAGE_TABLE.partitionKey, '#day': IMAGE_TABLE.sortKey },
      ExpressionAttributeValues: {
        ':partition': openUploadsPartition(owner),
        ':oldest': openUploadsSortKey(oldest),
        ':today': openUploadsSortKey(createdAt),
      },
      ConsistentRead: true,
    }),
  );
  return Items.reduce((sum, { openUploads }) => sum + (Number(openUploads) || 0), 0);
}
