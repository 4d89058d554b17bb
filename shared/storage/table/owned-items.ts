import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, openUploadsListOf, uploadIdOf } from '../../contracts/table.ts';
import type { ImageTable, Item } from './image-table.ts';
import { imageOfKey } from './item-validation.ts';

const { listIndex, partitionKey } = IMAGE_TABLE;

/** The images of an owner in pages of ids, damaged ones too, newest first and eventually consistent. IAM: dynamodb:Query on the index. */
export async function* listOwnedImages(table: ImageTable, owner: string, pageSize: number): AsyncGenerator<string[]> {
  // A record that names another owner is damaged, and nobody knows whose it is.
  const isOwned = (item: Item) => typeof item.owner !== 'string' || item.owner === owner;
  for await (const items of pagesOf(table, owner, pageSize)) {
    yield items.filter(isOwned).flatMap((item) => imageOfKey(item) ?? []);
  }
}

/** The uploads of an owner that have not ended, in pages of ids. Those that an earlier version has begun are not among them. */
export async function* listOpenUploads(table: ImageTable, owner: string, pageSize: number): AsyncGenerator<string[]> {
  for await (const items of pagesOf(table, openUploadsListOf(owner), pageSize)) {
    yield items.map((item) => uploadIdOf(String(item[partitionKey])));
  }
}

async function* pagesOf(
  { documents, tableName }: ImageTable,
  listedFor: string,
  pageSize: number,
): AsyncGenerator<Item[]> {
  const query = {
    TableName: tableName,
    IndexName: listIndex.name,
    KeyConditionExpression: `${listIndex.partitionKey} = :listedFor`,
    ExpressionAttributeValues: { ':listedFor': listedFor },
    ScanIndexForward: false,
  };
  for await (const { Items = [] } of paginateQuery({ client: documents, pageSize }, query)) {
    if (Items.length > 0) yield Items;
  }
}

/** Images that are looked at to know whether an owner has many. */
const MOST_LOOKED_AT = 10_000;

/** Whether an owner has more than `most` images that are not private, or so many of all that nobody looks at each. */
export async function hasManyPublicImages(
  { documents, tableName }: ImageTable,
  owner: string,
  most: number,
): Promise<boolean> {
  const query = {
    TableName: tableName,
    IndexName: listIndex.name,
    KeyConditionExpression: `${listIndex.partitionKey} = :owner`,
    FilterExpression: 'attribute_not_exists(visibility) OR visibility <> :private',
    ExpressionAttributeValues: { ':owner': owner, ':private': 'private' },
    Select: 'COUNT' as const,
  };
  let [count, lookedAt] = [0, 0];
  for await (const { Count = 0, ScannedCount = 0 } of paginateQuery({ client: documents }, query)) {
    count += Count;
    lookedAt += ScannedCount;
    if (count > most || lookedAt > MOST_LOOKED_AT) return true;
  }
  return false;
}
