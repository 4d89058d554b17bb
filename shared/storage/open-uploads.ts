import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, openUploadsPartition, openUploadsSortKey } from '../contracts/table.ts';
import { LIMITS } from '../domain/limits.ts';
import type { UploadRecord } from '../domain/multipart-upload.ts';
import { epochSeconds, type ImageTable, type Item, isConditionFailed } from './image-table.ts';

/** By whom and when an upload was begun: where it is counted. */
type Begun = Pick<UploadRecord, 'owner' | 'createdAt'>;

const DAY_SECONDS = 24 * 60 * 60;

const countKey = ({ owner, createdAt }: Begun): Item => ({
  [IMAGE_TABLE.partitionKey]: openUploadsPartition(owner),
  [IMAGE_TABLE.sortKey]: openUploadsSortKey(createdAt),
});

/**
 * Counts an upload that is about to be begun, unless its owner would then have more than `limit` open: false then. A counter for each day, so
 * that uploads which nobody ended are forgotten with the day on which they were begun, once their time is over. Counts first and looks then,
 * so that of many at once none goes beyond the limit.
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

/** Counts an upload no more that has ended. Whoever dies before comes to it leaves it counted until its day is forgotten. */
export async function uncountOpenUpload({ documents, tableName }: ImageTable, begun: Begun): Promise<void> {
  try {
    await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: countKey(begun),
        UpdateExpression: 'ADD openUploads :less',
        ConditionExpression: 'openUploads > :none',
        ExpressionAttributeValues: { ':less': -1, ':none': 0 },
      }),
    );
  } catch (error) {
    // The day is forgotten.
    if (!isConditionFailed(error)) throw error;
  }
}

/** Uploads of an owner that can still be open at the time of the one that is begun. */
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
