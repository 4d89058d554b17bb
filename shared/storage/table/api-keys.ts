import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ACCESS_TIMING } from '../../contracts/access-timing.ts';
import { API_KEY_PARTITIONS, apiKeyPartition, apiKeySortKey, IMAGE_TABLE } from '../../contracts/table.ts';
import type { ApiKeyRecord } from '../../domain/api-key.ts';
import { pick } from '../../domain/attributes.ts';
import { unlessConditionFails, updateItem } from './conditional-write.ts';
import { damagedRecordError, epochSeconds, type ImageTable, type Item, isExpired, queryItems } from './image-table.ts';
import { invalidAttributes } from './item-validation.ts';

const { partitionKey, sortKey, timeToLiveAttribute } = IMAGE_TABLE;

/** Seconds for which people can still see what became of a key that has ended. */
const ENDED_SECONDS = 90 * 24 * 3600;

const NAMES = [
  ...(['keyId', 'owner', 'scopes', 'digest', 'name'] as const),
  ...(['createdAt', 'createdBy', 'expiresAt', 'revokedAt', 'lastUsedAt'] as const),
];

const keyOf = (keyId: string): Item => ({ [partitionKey]: apiKeyPartition(keyId), [sortKey]: apiKeySortKey(keyId) });

const removedAfter = (end: string): Item => ({
  [timeToLiveAttribute]: epochSeconds(Date.parse(end)) + ENDED_SECONDS,
});

/** Keeps a new key. Resolves to false if there is one with its id. IAM: dynamodb:PutItem. */
export async function createApiKey({ documents, tableName }: ImageTable, record: ApiKeyRecord): Promise<boolean> {
  const ends = record.expiresAt === undefined ? {} : removedAfter(record.expiresAt);
  const write = documents.send(
    new PutCommand({
      TableName: tableName,
      Item: { ...keyOf(record.keyId), ...record, ...ends },
      ConditionExpression: `attribute_not_exists(${partitionKey})`,
    }),
  );
  return (await unlessConditionFails(write)) !== undefined;
}

/**
 * Reads a key, consistently, so that one that was just made or revoked is known at once. It is a query and no GetItem, which not all services may do.
 * IAM: dynamodb:Query.
 */
export async function readApiKey(table: ImageTable, keyId: string): Promise<ApiKeyRecord | undefined> {
  const [item] = await queryItems(table, {
    KeyConditionExpression: `${partitionKey} = :partition AND ${sortKey} = :sort`,
    ExpressionAttributeValues: { ':partition': apiKeyPartition(keyId), ':sort': apiKeySortKey(keyId) },
    ConsistentRead: true,
  });
  return item && !isExpired(item) ? recordOf(item) : undefined;
}

function recordOf(item: Item): ApiKeyRecord {
  const wrong = invalidAttributes(item);
  if (wrong.length > 0) throw damagedRecordError(`The API key ${item[sortKey]}`, wrong);
  return pick(item, NAMES) as unknown as ApiKeyRecord;
}

/** Reads all keys, the oldest first, also those that have ended lately. IAM: dynamodb:Query. */
export async function listApiKeys(table: ImageTable): Promise<ApiKeyRecord[]> {
  const found = API_KEY_PARTITIONS.map((partition) =>
    queryItems(table, {
      KeyConditionExpression: `${partitionKey} = :partition`,
      ExpressionAttributeValues: { ':partition': partition },
      ConsistentRead: true,
    }),
  );
  const records = (await Promise.all(found))
    .flat()
    .filter((item) => !isExpired(item))
    .map(recordOf);
  return records.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}

/** Revokes a key that is not revoked yet. Resolves to false if there is none. IAM: dynamodb:UpdateItem. */
export async function revokeApiKey(
  table: ImageTable,
  keyId: string,
  revokedAt = new Date().toISOString(),
): Promise<boolean> {
  const updated = await updateItem(table, {
    key: keyOf(keyId),
    set: { revokedAt, ...removedAfter(revokedAt) },
    condition: `attribute_exists(#${partitionKey}) AND attribute_not_exists(#revokedAt)`,
    names: [partitionKey],
    values: {},
  });
  return updated !== undefined;
}

/** Notes that a key was used, unless that was noted less than an hour before. IAM: dynamodb:UpdateItem. */
export async function noteUse(table: ImageTable, keyId: string, now = new Date()): Promise<void> {
  await updateItem(table, {
    key: keyOf(keyId),
    set: { lastUsedAt: now.toISOString() },
    // A key that was removed is not made anew.
    condition: `attribute_exists(#${partitionKey}) AND (attribute_not_exists(#lastUsedAt) OR #lastUsedAt < :before)`,
    names: [partitionKey],
    values: { ':before': new Date(now.getTime() - ACCESS_TIMING.keyUseNotedMs).toISOString() },
  });
}
