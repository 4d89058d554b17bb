import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf, type OwedWork, owedPartOf, owedPartsOf } from '../../contracts/table.ts';
import { type ImageRecord, purgeOf, type Tombstone } from '../../domain/image-record.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, type Item, recordFromItem, recordKey, tombstoneFromItem } from './image-table.ts';

const { partitionKey, failureIndex } = IMAGE_TABLE;

/** The attributes that put an item into the index of what is owed, and that leave with it. */
export const OWED_NAMES = [failureIndex.partitionKey, failureIndex.sortKey] as const;

/** What an item has from the moment on in which it owes work until that is done, so that no crash loses it. */
export const owes = (work: OwedWork, imageId: string, since: Date): Item => ({
  [failureIndex.partitionKey]: owedPartOf(work, imageId),
  [failureIndex.sortKey]: since.toISOString(),
});

/** What an image owes: first that the CDN purges what it must no longer have, then that whoever decides on it is told, then the decision. */
export function owedBy(record: ImageRecord | Tombstone): OwedWork | undefined {
  const purge = purgeOf(record);
  if (purge && !purge.invalidationId) return 'owed_invalidation';
  if (record.status !== 'stored' || record.moderation !== 'pending') return undefined;
  return record.moderatorToldAt ? 'owed_decision' : 'owed_moderation';
}

interface Wanted {
  work: OwedWork;
  /** Only what has been owed since before this time. */
  before: Date;
  /** From when on others may take it, unless it is done. */
  next: Date;
  limit: number;
}

/**
 * Takes up to `limit` images that owe this work, of each part the oldest. Each is taken by one service. IAM: dynamodb:Query on the index, UpdateItem on
 * the table.
 */
export async function takeOwed(
  table: ImageTable,
  { work, limit, ...wanted }: Wanted,
): Promise<(ImageRecord | Tombstone)[]> {
  const parts = owedPartsOf(work);
  const each = { ...wanted, limit: Math.ceil(limit / parts.length) };
  const found = await Promise.all(parts.map((part) => findOwed(table, part, each)));
  const taken = await Promise.all(found.flat().map((item) => take(table, item, wanted.next)));
  return taken
    .filter((item) => item !== undefined)
    .map((item) => (item.status === 'deleted' ? tombstoneFromItem(item) : recordFromItem(item)));
}

async function findOwed(
  { documents, tableName }: ImageTable,
  part: string,
  { before, limit }: Pick<Wanted, 'before' | 'limit'>,
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

/** Resolves to undefined if another service was faster, or the work has been done meanwhile. */
function take(table: ImageTable, seen: Item, next: Date): Promise<Item | undefined> {
  return updateItem(table, {
    ...{ key: recordKey(imageIdOf(String(seen[partitionKey]))), returnValues: 'ALL_NEW' },
    set: { [failureIndex.sortKey]: next.toISOString() },
    condition: `#${failureIndex.partitionKey} = :part AND #${failureIndex.sortKey} = :seen`,
    names: [failureIndex.partitionKey],
    values: { ':part': seen[failureIndex.partitionKey], ':seen': seen[failureIndex.sortKey] },
  });
}
