import { ConditionalCheckFailedException, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  IMAGE_TABLE,
  imagePartition,
  recordSortKey,
  renditionSortKey,
  renditionSortKeyPrefix,
} from '../contracts/table.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { IMAGE_TRANSITIONS, type ImageRecord } from '../domain/image-record.ts';
import type { Rendition } from '../domain/rendition.ts';

/**
 * Metadata in DynamoDB. IAM: dynamodb:Query, PutItem, UpdateItem, DeleteItem, GetItem and DescribeTable on the table, Query on
 * its indexes. An image and its renditions share a partition (contracts/table.ts).
 */
export interface ImageTable {
  documents: DynamoDBDocumentClient;
  tableName: string;
}

/** An image with all its renditions, in the order in which they were asked for. */
export interface Image {
  record: ImageRecord;
  renditions: Rendition[];
}

type Item = Record<string, unknown>;

const KEYS: string[] = [
  IMAGE_TABLE.partitionKey,
  IMAGE_TABLE.sortKey,
  IMAGE_TABLE.listIndex.partitionKey,
  IMAGE_TABLE.listIndex.sortKey,
  IMAGE_TABLE.failureIndex.partitionKey,
  IMAGE_TABLE.failureIndex.sortKey,
];

export const withoutKeys = <T>(item: Item): T =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !KEYS.includes(name))) as T;

export const isConditionFailed = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

/** Writes a new image. The record comes last and makes the image visible, so that it never appears without its renditions. */
export async function createImage(table: ImageTable, { record, renditions }: Image): Promise<void> {
  const { imageId } = record;
  const { documents, tableName: TableName } = table;
  await Promise.all(
    renditions.map((rendition) =>
      documents.send(new PutCommand({ TableName, Item: renditionItem(imageId, rendition) })),
    ),
  );
  const { partitionKey, sortKey, listIndex } = IMAGE_TABLE;
  const keys = { [partitionKey]: imagePartition(imageId), [sortKey]: recordSortKey };
  const listed = { [listIndex.partitionKey]: record.owner, [listIndex.sortKey]: record.createdAt };
  try {
    await documents.send(new PutCommand({ TableName, Item: { ...keys, ...listed, ...record }, ...UNLESS_THERE }));
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    // Our own, if its answer was lost and the SDK sent it again.
    const there = await readImage(table, imageId, { consistent: true });
    if (there?.record.status !== 'stored' || there.record.createdAt !== record.createdAt) throw error;
  }
}

/** Adds what the first processing has found out to an image's record; nothing if somebody has, or if the image was deleted. */
export async function describeImage(
  { documents, tableName }: ImageTable,
  imageId: string,
  { placeholder, dominantColor }: Required<Pick<ImageRecord, 'placeholder' | 'dominantColor'>>,
): Promise<void> {
  try {
    await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { [IMAGE_TABLE.partitionKey]: imagePartition(imageId), [IMAGE_TABLE.sortKey]: recordSortKey },
        UpdateExpression: 'SET placeholder = :placeholder, dominantColor = :color',
        ConditionExpression: '#status = :stored AND attribute_not_exists(placeholder)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':placeholder': placeholder, ':color': dominantColor, ':stored': 'stored' },
      }),
    );
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}

/** Adds a rendition to an image; fails on its condition if there is one of that name. */
export async function putRendition(
  { documents, tableName }: ImageTable,
  imageId: string,
  rendition: Rendition,
): Promise<void> {
  const Item = renditionItem(imageId, rendition);
  await documents.send(new PutCommand({ TableName: tableName, Item, ...UNLESS_THERE }));
}

const UNLESS_THERE = { ConditionExpression: `attribute_not_exists(${IMAGE_TABLE.partitionKey})` };

const renditionItem = (imageId: string, rendition: Rendition): Item => ({
  [IMAGE_TABLE.partitionKey]: imagePartition(imageId),
  [IMAGE_TABLE.sortKey]: renditionSortKey(rendition.name),
  ...rendition,
});

/** Reads an image with its renditions, eventually consistent unless asked otherwise; undefined if there is no record. */
export async function readImage(
  table: ImageTable,
  imageId: string,
  { consistent = false }: { consistent?: boolean } = {},
): Promise<Image | undefined> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await table.documents.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition`,
        ExpressionAttributeValues: { ':partition': imagePartition(imageId) },
        ConsistentRead: consistent,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  const record = items.find((item) => item[IMAGE_TABLE.sortKey] === recordSortKey);
  if (!record) return undefined;
  const renditions = items
    .filter((item) => String(item[IMAGE_TABLE.sortKey]).startsWith(renditionSortKeyPrefix))
    .map((item) => withoutKeys<Rendition>(item))
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt) || a.place - b.place);
  return { record: withoutKeys<ImageRecord>(record), renditions };
}

/** The same, for those who need the image to be there: `image_not_found` or `image_deleted` if it is not. */
export async function readStoredImage(
  table: ImageTable,
  imageId: string,
  options?: { consistent?: boolean },
): Promise<Image> {
  const image = await readImage(table, imageId, options);
  if (!image) throw new ImageServiceError('image_not_found', `There is no image ${imageId}.`);
  if (image.record.status === 'deleted')
    throw new ImageServiceError('image_deleted', `The image ${imageId} was deleted.`);
  return image;
}

/**
 * Turns an image into a tombstone that leaves the list and that late work cannot bring back, and removes its renditions. Repeatable;
 * `image_not_found` if there never was one.
 */
export async function deleteImage(table: ImageTable, imageId: string): Promise<void> {
  const { partitionKey, sortKey, listIndex } = IMAGE_TABLE;
  const from = IMAGE_TRANSITIONS.deleted.map((_, index) => `:from${index}`);
  try {
    await table.documents.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: { [partitionKey]: imagePartition(imageId), [sortKey]: recordSortKey },
        UpdateExpression: `SET #status = :deleted REMOVE ${listIndex.partitionKey}, ${listIndex.sortKey}`,
        ConditionExpression: `#status IN (${from.join(', ')})`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':deleted': 'deleted',
          ...Object.fromEntries(IMAGE_TRANSITIONS.deleted.map((status, index) => [`:from${index}`, status])),
        },
      }),
    );
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    throw new ImageServiceError('image_not_found', `There is no image ${imageId}.`, { cause: error });
  }
  const image = await readImage(table, imageId, { consistent: true });
  await Promise.all(
    (image?.renditions ?? []).map(({ name }) =>
      table.documents.send(
        new DeleteCommand({
          TableName: table.tableName,
          Key: { [partitionKey]: imagePartition(imageId), [sortKey]: renditionSortKey(name) },
        }),
      ),
    ),
  );
}

/** Resolves if the table answers. */
export async function checkTable({ documents, tableName }: ImageTable): Promise<void> {
  await documents.send(new DescribeTableCommand({ TableName: tableName }));
}
