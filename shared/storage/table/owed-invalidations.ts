import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf, OWED_INVALIDATIONS, owedInvalidationOf } from '../../contracts/table.ts';
import type { Tombstone } from '../../domain/image-record.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, type Item, recordKey, tombstoneFromItem } from './image-table.ts';

const { partitionKey, failureIndex } = IMAGE_TABLE;

/** What a tombstone has from its first moment on until the CDN accepts the invalidation, so that no crash loses it. */
export const owed = (imageId: string, since: Date): Item => ({
  [failureIndex.partitionKey]: owedInvalidationOf(imageId),
  [failureIndex.sortKey]: since.toISOString(),
});

/** Keeps with a tombstone that the CDN has accepted its invalidation, unless the image was restored, or deleted anew, meanwhile. */
export async function writeInvalidation(
  table: ImageTable,
  { imageId, deletedAt }: Tombstone,
  invalidationId: string,
): Promise<void> {
  await updateItem(table, {
    ...{ key: recordKey(imageId), set: { invalidationId }, remove: [failureIndex.partitionKey, failureIndex.sortKey] },
    ...{ condition: '#deletedAt = :deletedAt', names: ['deletedAt'], values: { ':deletedAt': deletedAt } },
  });
}

interface Wanted {
  /** Only what has been owed since before this time. */
  before: Date;
  limit: number;
}

/**
 * Takes up to `limit` tombstones whose invalidations are owed, of each part the oldest. Each is taken by one service, and owed anew from now on until
 * it is accepted. IAM: dynamodb:Query on the index, UpdateItem on the table.
 */
export async function takeOwedInvalidations(table: ImageTable, { before, limit }: Wanted): Promise<Tombstone[]> {
  const each = { before, limit: Math.ceil(limit / OWED_INVALIDATIONS.length) };
  const found = await Promise.all(OWED_INVALIDATIONS.map((part) => findOwed(table, part, each)));
  const taken = await Promise.all(found.flat().map((item) => take(table, item)));
  return taken.flatMap((item) => (item ? [tombstoneFromItem(item)] : []));
}

async function findOwed(
  { documents, tableName }: ImageTable,
  part: string,
  { before, limit }: Wanted,
): Promise<Item[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: failureIndex.name,
      KeyConditionExpression: `${failureIndex.partitionKey} = :part AND ${failureIndex.sortKey} < :before`,
      ExpressionAttributeValues: { ':part': part, ':before': before.toISOString() },
      Limit: limit,
    }),
  );
  return Items;
}

/** Resolves to undefined if another service was faster, or the CDN has accepted meanwhile. */
function take(table: ImageTable, seen: Item): Promise<Item | undefined> {
  const imageId = imageIdOf(String(seen[partitionKey]));
  return updateItem(table, {
    ...{ key: recordKey(imageId), set: owed(imageId, new Date()), returnValues: 'ALL_NEW' },
    condition: `#${failureIndex.partitionKey} = :part AND #${failureIndex.sortKey} = :seen`,
    values: { ':part': seen[failureIndex.partitionKey], ':seen': seen[failureIndex.sortKey] },
  });
}
