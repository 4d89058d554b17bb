import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import {
  IMAGE_TABLE,
  imagePartition,
  recordSortKey,
  renditionSortKey,
  renditionSortKeyPrefix,
} from '../../contracts/table.ts';
import { namesOf, pick } from '../../domain/attributes.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import {
  IMAGE_ATTRIBUTES,
  type ImageRecord,
  type ImageStatus,
  TOMBSTONE_ATTRIBUTES,
  type Tombstone,
} from '../../domain/image-record.ts';
import { RECEIPT_NUMBERS, type Receipt } from '../../domain/receipt.ts';
import { RENDITION_ATTRIBUTES, type Rendition } from '../../domain/rendition.ts';
import { canExpire, invalidAttributes, isValidItem } from './item-validation.ts';

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

/** What is left of a deleted image; its renditions remain only until the deletion has removed them. */
interface DeletedImage {
  record: Tombstone;
  renditions: Rendition[];
}

export type FoundImage = Image | DeletedImage;

export const isStored = (image: { record?: { status: ImageStatus } | undefined } | undefined): image is Image =>
  image?.record?.status === 'stored';

export type Item = Record<string, unknown>;

export const RECORD_NAMES = namesOf<keyof ImageRecord, string>(IMAGE_ATTRIBUTES, 'shown', 'internal');
const TOMBSTONE_NAMES = namesOf<keyof Tombstone, string>(TOMBSTONE_ATTRIBUTES, 'internal');
export const RENDITION_NAMES = namesOf<keyof Rendition, string>(RENDITION_ATTRIBUTES, 'shown', 'internal');

/** Reads the known attributes of an item; whatever else was ever written into it stays in the table. */
export const recordFromItem = (item: Item): ImageRecord => pick(item, RECORD_NAMES) as unknown as ImageRecord;
export const tombstoneFromItem = (item: Item): Tombstone => pick(item, TOMBSTONE_NAMES) as unknown as Tombstone;
export function renditionFromItem(item: Item): Rendition {
  const rendition = pick(item, RENDITION_NAMES) as unknown as Rendition;
  return item.cpuMs === undefined ? rendition : { ...rendition, receipt: receiptFromItem(item) };
}

const receiptFromItem = (item: Item): Receipt => pick(item, [...RECEIPT_NUMBERS, 'priced']) as unknown as Receipt;

/** Epoch seconds, as the table's time to live has them. */
export const epochSeconds = (now = Date.now()): number => Math.floor(now / 1000);

/**
 * DynamoDB removes expired items within days; until then readers must treat them as absent. An expiry that is not a number, or that belongs to a
 * stored image or its renditions, which never expire, is damage.
 */
export const isExpired = (item: Item): boolean => {
  const removeAfter = item[IMAGE_TABLE.timeToLiveAttribute];
  return typeof removeAfter === 'number' && removeAfter < epochSeconds() && canExpire(item);
};

export const recordKey = (imageId: string): Item => ({
  [IMAGE_TABLE.partitionKey]: imagePartition(imageId),
  [IMAGE_TABLE.sortKey]: recordSortKey,
});

export const renditionKey = (imageId: string, name: string): Item => ({
  [IMAGE_TABLE.partitionKey]: imagePartition(imageId),
  [IMAGE_TABLE.sortKey]: renditionSortKey(name),
});

/** Removes items by their keys; absent ones are no error. */
export async function removeItems({ documents, tableName }: ImageTable, items: readonly Item[]): Promise<void> {
  await Promise.all(
    items.map((item) =>
      documents.send(
        new DeleteCommand({
          TableName: tableName,
          Key: pick(item, [IMAGE_TABLE.partitionKey, IMAGE_TABLE.sortKey]),
        }),
      ),
    ),
  );
}

/** Returns all items that a query finds, from all its pages. */
export async function queryItems(
  { documents, tableName }: ImageTable,
  query: Omit<QueryCommandInput, 'TableName'>,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateQuery({ client: documents }, { TableName: tableName, ...query })) {
    items.push(...Items);
  }
  return items;
}

/** All items of an image, valid or not. */
export interface ImageItems {
  /** Absent if there is no record or it has expired. */
  record?: Item;
  renditions: Item[];
}

interface ReadOptions {
  consistent?: boolean;
}

/** Reads the items of an image without validating them, eventually consistent unless `consistent` is set. */
export async function readImageItems(
  table: ImageTable,
  imageId: string,
  { consistent = false }: ReadOptions = {},
): Promise<ImageItems> {
  return sorted(await queryItems(table, partitionQuery(imageId, consistent)));
}

const partitionQuery = (imageId: string, consistent: boolean) => ({
  KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition`,
  ExpressionAttributeValues: { ':partition': imagePartition(imageId) } as Item,
  ConsistentRead: consistent,
});

function sorted(items: readonly Item[]): ImageItems {
  const record = items.find((item) => item[IMAGE_TABLE.sortKey] === recordSortKey);
  const isRendition = (item: Item) => String(item[IMAGE_TABLE.sortKey]).startsWith(renditionSortKeyPrefix);
  return { renditions: items.filter(isRendition), ...(record && !isExpired(record) && { record }) };
}

/**
 * The record and as many renditions as nearly every image has, so that most take one query. It bounds what a stranger can learn from the time of an
 * answer: nobody reads more of an image that is hidden from him.
 */
const FIRST_ITEMS = 16;

/** The first items of an image, and what reads all of them. */
interface FirstItems {
  first: ImageItems;
  all(): Promise<ImageItems>;
}

/**
 * Reads the record and a few renditions, whatever the image has: for callers of whom it is not decided yet what they may know. Neither the time nor the cost
 * of a read that ends here tells how many renditions there are.
 */
export async function readFirstItems(
  table: ImageTable,
  imageId: string,
  { consistent = false }: ReadOptions = {},
): Promise<FirstItems> {
  const query = partitionQuery(imageId, consistent);
  const { documents, tableName: TableName } = table;
  // The sort key of the record comes before those of renditions.
  const page = await documents.send(new QueryCommand({ TableName, ...query, Limit: FIRST_ITEMS }));
  const { Items = [], LastEvaluatedKey: last } = page;
  return {
    first: sorted(Items),
    async all() {
      if (!last) return sorted(Items);
      const rest = await queryItems(table, {
        ...query,
        KeyConditionExpression: `${query.KeyConditionExpression} AND ${IMAGE_TABLE.sortKey} > :last`,
        ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':last': last[IMAGE_TABLE.sortKey] },
      });
      return sorted([...Items, ...rest]);
    },
  };
}

/**
 * Reads an image with its renditions, eventually consistent unless `consistent` is set. Undefined if there is no record, `object_damaged` if the record
 * is invalid. Renditions whose items are invalid are left out, as if nobody had requested them.
 */
export async function readImage(
  table: ImageTable,
  imageId: string,
  options?: ReadOptions,
): Promise<FoundImage | undefined> {
  return imageFromItems(imageId, await readImageItems(table, imageId, options));
}

/** Reads an image as `readImage` does, but returns undefined for an invalid record. */
export async function readImageIfValid(
  table: ImageTable,
  imageId: string,
  options?: ReadOptions,
): Promise<FoundImage | undefined> {
  const items = await readImageItems(table, imageId, options);
  return items.record && isValidItem(items.record) ? imageFromItems(imageId, items) : undefined;
}

/** Builds the image from its items, as `readImage` returns it. */
export function imageFromItems(imageId: string, { record, renditions: items }: ImageItems): FoundImage | undefined {
  if (!record) return undefined;
  const wrong = invalidAttributes(record);
  if (wrong.length > 0) throw damagedRecordError(`The record of the image ${imageId}`, wrong);
  const renditions = items
    .filter(isValidItem)
    .map(renditionFromItem)
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt) || a.place - b.place);
  if (record.status !== 'deleted') return { record: recordFromItem(record), renditions };
  return { record: tombstoneFromItem(record), renditions };
}

/** The error for an item that no service would have written so, which no retry changes: `object_damaged`. */
export const damagedRecordError = (what: string, wrong: readonly string[]): ImageServiceError =>
  new ImageServiceError(
    'object_damaged',
    `${what} is damaged (${wrong.join(', ')}). It has to come back from a backup, or be deleted.`,
  );

/** Reads an image that must exist: otherwise the error is `image_not_found` or `image_deleted`. */
export async function readStoredImage(table: ImageTable, imageId: string, options?: ReadOptions): Promise<Image> {
  const image = await readImage(table, imageId, options);
  if (!image) throw imageNotFound(imageId);
  if (!isStored(image)) throw imageDeleted(imageId);
  return image;
}

/** Reads an image that is known to have been created, strongly consistent: `image_deleted` if it is gone, even without a tombstone. */
export async function readCreatedImage(table: ImageTable, imageId: string): Promise<Image> {
  const image = await readImage(table, imageId, { consistent: true });
  if (!isStored(image)) throw imageDeleted(imageId);
  return image;
}

export const imageNotFound = (imageId: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError(
    'image_not_found',
    `There is no image ${imageId} that you may see. Private images need valid credentials of their owner, or a link.`,
    { cause },
  );

export const imageDeleted = (imageId: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('image_deleted', `The image ${imageId} was deleted.`, { cause });

/** Resolves if the table answers. */
export async function checkTable({ documents, tableName }: ImageTable): Promise<void> {
  await documents.send(new DescribeTableCommand({ TableName: tableName }));
}
