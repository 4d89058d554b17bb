import { ConditionalCheckFailedException, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  IMAGE_TABLE,
  imagePartition,
  recordSortKey,
  renditionSortKey,
  renditionSortKeyPrefix,
} from '../contracts/table.ts';
import { namesOf, pick } from '../domain/attributes.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { IMAGE_ATTRIBUTES, type ImageRecord, TOMBSTONE_ATTRIBUTES, type Tombstone } from '../domain/image-record.ts';
import { RENDITION_ATTRIBUTES, type Rendition } from '../domain/rendition.ts';
import { isMortal, isWhole, wrongAttributes } from './damaged-items.ts';

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

/** What is left of one that was deleted; renditions only until whoever deletes it has removed them. */
export interface DeletedImage {
  record: Tombstone;
  renditions: Rendition[];
}

export type FoundImage = Image | DeletedImage;

export const isStored = (image: FoundImage | undefined): image is Image => image?.record.status === 'stored';

export type Item = Record<string, unknown>;

const RECORD_NAMES = namesOf<keyof ImageRecord, string>(IMAGE_ATTRIBUTES, 'told', 'kept');
const TOMBSTONE_NAMES = namesOf<keyof Tombstone, string>(TOMBSTONE_ATTRIBUTES, 'kept');
const RENDITION_NAMES = namesOf<keyof Rendition, string>(RENDITION_ATTRIBUTES, 'told', 'kept');

/** What an item says of an image or a rendition, by name: whatever else was ever written into it stays in the table. */
export const recordOf = (item: Item): ImageRecord => pick(item, RECORD_NAMES) as unknown as ImageRecord;
export const renditionOf = (item: Item): Rendition => pick(item, RENDITION_NAMES) as unknown as Rendition;

export const isConditionFailed = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

/** Epoch seconds, as the table's time to live has them. */
export const epochSeconds = (now = Date.now()): number => Math.floor(now / 1000);

/**
 * DynamoDB removes what is past its time within days; until then it is not there for whoever reads. A time that is none, and one of what never ends,
 * an image that is stored and its renditions, is damage.
 */
export const isPast = (item: Item): boolean => {
  const removeAfter = item[IMAGE_TABLE.timeToLiveAttribute];
  return typeof removeAfter === 'number' && removeAfter < epochSeconds() && isMortal(item);
};

export const recordKey = (imageId: string): Item => ({
  [IMAGE_TABLE.partitionKey]: imagePartition(imageId),
  [IMAGE_TABLE.sortKey]: recordSortKey,
});

const renditionKey = (imageId: string, name: string): Item => ({
  [IMAGE_TABLE.partitionKey]: imagePartition(imageId),
  [IMAGE_TABLE.sortKey]: renditionSortKey(name),
});

const renditionItem = (imageId: string, rendition: Rendition): Item => ({
  ...renditionKey(imageId, rendition.name),
  ...pick(rendition, RENDITION_NAMES),
});

const UNLESS_THERE = { ConditionExpression: `attribute_not_exists(${IMAGE_TABLE.partitionKey})` };

/**
 * Writes a new image. The record comes last and makes the image visible, so that it never appears without its renditions. `image_deleted`,
 * with nothing left of them, if somebody was faster and the image has been deleted since.
 */
export async function createImage(table: ImageTable, { record, renditions }: Image): Promise<void> {
  const { imageId } = record;
  const { documents, tableName: TableName } = table;
  await Promise.all(
    renditions.map((rendition) =>
      documents.send(new PutCommand({ TableName, Item: renditionItem(imageId, rendition) })),
    ),
  );
  const { listIndex } = IMAGE_TABLE;
  const listed = { [listIndex.partitionKey]: record.owner, [listIndex.sortKey]: record.createdAt };
  const Item = { ...recordKey(imageId), ...listed, ...pick(record, RECORD_NAMES) };
  try {
    await documents.send(new PutCommand({ TableName, Item, ...UNLESS_THERE }));
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    // Our own, if its answer was lost and the SDK sent it again.
    const there = await readImage(table, imageId, { consistent: true });
    if (isStored(there) && there.record.createdAt === record.createdAt) return;
    if (there?.record.status !== 'deleted') throw error;
    await removeItems(
      table,
      renditions.map(({ name }) => renditionKey(imageId, name)),
    );
    throw imageDeleted(imageId, error);
  }
}

/** What tells a write of an item from the one before. */
const CHANGED_WITH_EVERY_WRITE = ['status', 'updatedAt', 'deletedAt', 'createdAt', 'token'];

/** The condition that nobody has written an item since it was read. */
export function asRead(item: Item) {
  const known = CHANGED_WITH_EVERY_WRITE.filter((name) => item[name] !== undefined);
  const conditions = CHANGED_WITH_EVERY_WRITE.map((name) =>
    known.includes(name) ? `#${name} = :${name}` : `attribute_not_exists(#${name})`,
  );
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(CHANGED_WITH_EVERY_WRITE.map((name) => [`#${name}`, name])),
    ...(known.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(known.map((name) => [`:${name}`, item[name]])),
    }),
  };
}

/** Adds what the first processing has found out to an image's record; nothing if somebody has, or if the image was deleted. */
export async function describeImage(
  { documents, tableName }: ImageTable,
  imageId: string,
  found: Required<Pick<ImageRecord, 'placeholder' | 'dominantColor'>> & Pick<ImageRecord, 'width' | 'height'>,
): Promise<void> {
  const told = Object.entries(found);
  try {
    await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: recordKey(imageId),
        UpdateExpression: `SET ${told.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: '#status = :stored AND attribute_not_exists(placeholder)',
        ExpressionAttributeNames: {
          '#status': 'status',
          ...Object.fromEntries(told.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':stored': 'stored',
          ...Object.fromEntries(told.map(([name, value]) => [`:${name}`, value])),
        },
      }),
    );
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}

/**
 * Adds a rendition to an image; fails on its condition if there is one of that name. Who deletes the image writes its tombstone first and
 * then looks for renditions, while this writes first and then counts it in the record, which a tombstone does not take: one of the two sees the
 * other. `image_deleted` then, and nothing is left.
 */
export async function putRendition(table: ImageTable, imageId: string, rendition: Rendition): Promise<void> {
  const Item = renditionItem(imageId, rendition);
  const put = () => table.documents.send(new PutCommand({ TableName: table.tableName, Item, ...UNLESS_THERE }));
  await put().catch(async (error: unknown) => {
    if (!isConditionFailed(error) || !(await dropDamaged(table, renditionKey(imageId, rendition.name)))) throw error;
    return put();
  });
  if (await countAddition(table, imageId)) return;
  await removeItems(table, [renditionKey(imageId, rendition.name)]);
  await readStoredImage(table, imageId, { consistent: true });
  throw new Error(`the image ${imageId} is stored, and its record could not be changed`);
}

/**
 * Removes an item if it is damaged, unless somebody has written it anew since it was read. Answers whether it has.
 */
export async function dropDamaged({ documents, tableName: TableName }: ImageTable, key: Item): Promise<boolean> {
  const [item] = await queryItems(
    { documents, tableName: TableName },
    {
      KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition AND ${IMAGE_TABLE.sortKey} = :sort`,
      ExpressionAttributeValues: { ':partition': key[IMAGE_TABLE.partitionKey], ':sort': key[IMAGE_TABLE.sortKey] },
      ConsistentRead: true,
    },
  );
  if (!item || isWhole(item)) return false;
  try {
    await documents.send(new DeleteCommand({ TableName, Key: key, ...asRead(item) }));
    return true;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return false;
  }
}

/** Answers whether there is an image to which it was added. */
async function countAddition({ documents, tableName }: ImageTable, imageId: string): Promise<boolean> {
  try {
    await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: recordKey(imageId),
        UpdateExpression: 'ADD additions :one',
        ConditionExpression: '#status = :stored',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':one': 1, ':stored': 'stored' },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

/** Removes items, each known by its key, and nothing of those that are not there. */
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

/** All items that a query finds, over as many answers as they take. */
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

/** All that the table has of an image, damaged or not. */
export interface ImageItems {
  /** Absent where there is no record, or its time is over. */
  record?: Item;
  renditions: Item[];
}

interface ReadOptions {
  consistent?: boolean;
}

/** Reads the items of an image, eventually consistent unless asked otherwise, and judges nothing of what they say. */
export async function readImageItems(
  table: ImageTable,
  imageId: string,
  { consistent = false }: ReadOptions = {},
): Promise<ImageItems> {
  const items = await queryItems(table, {
    KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition`,
    ExpressionAttributeValues: { ':partition': imagePartition(imageId) },
    ConsistentRead: consistent,
  });
  const record = items.find((item) => item[IMAGE_TABLE.sortKey] === recordSortKey);
  const isRendition = (item: Item) => String(item[IMAGE_TABLE.sortKey]).startsWith(renditionSortKeyPrefix);
  return { renditions: items.filter(isRendition), ...(record && !isPast(record) && { record }) };
}

/**
 * Reads an image with its renditions, eventually consistent unless asked otherwise; undefined if there is no record, `object_damaged` if that is
 * damaged. Renditions whose items are damaged are left out, as if nobody had asked for them.
 */
export async function readImage(
  table: ImageTable,
  imageId: string,
  options?: ReadOptions,
): Promise<FoundImage | undefined> {
  return imageOf(imageId, await readImageItems(table, imageId, options));
}

/** The same, for those who leave out what is damaged as if it were not there. */
export async function readImageIfWhole(
  table: ImageTable,
  imageId: string,
  options?: ReadOptions,
): Promise<FoundImage | undefined> {
  const items = await readImageItems(table, imageId, options);
  return items.record && isWhole(items.record) ? imageOf(imageId, items) : undefined;
}

/** The image that its items are, as `readImage` has it. */
export function imageOf(imageId: string, { record, renditions: items }: ImageItems): FoundImage | undefined {
  if (!record) return undefined;
  const wrong = wrongAttributes(record);
  if (wrong.length > 0) throw recordDamaged(`The record of the image ${imageId}`, wrong);
  const renditions = items
    .filter(isWhole)
    .map(renditionOf)
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt) || a.place - b.place);
  if (record.status !== 'deleted') return { record: recordOf(record), renditions };
  return { record: pick(record, TOMBSTONE_NAMES) as unknown as Tombstone, renditions };
}

/** For an item that no service has written so, which passes by no repetition: `object_damaged`. */
export const recordDamaged = (what: string, wrong: readonly string[]): ImageServiceError =>
  new ImageServiceError(
    'object_damaged',
    `${what} is damaged (${wrong.join(', ')}). It has to come back from a backup, or be deleted.`,
  );

/** The same, for those who need the image to be there: `image_not_found` or `image_deleted` if it is not. */
export async function readStoredImage(table: ImageTable, imageId: string, options?: ReadOptions): Promise<Image> {
  const image = await readImage(table, imageId, options);
  if (!image) throw imageNotFound(imageId);
  if (!isStored(image)) throw imageDeleted(imageId);
  return image;
}

/** As it is now, for those who know that there was one: `image_deleted`, also where no tombstone is left. */
export async function readMadeImage(table: ImageTable, imageId: string): Promise<Image> {
  const image = await readImage(table, imageId, { consistent: true });
  if (!isStored(image)) throw imageDeleted(imageId);
  return image;
}

export const imageNotFound = (imageId: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('image_not_found', `There is no image ${imageId}.`, { cause });

export const imageDeleted = (imageId: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('image_deleted', `The image ${imageId} was deleted.`, { cause });

/** Resolves if the table answers. */
export async function checkTable({ documents, tableName }: ImageTable): Promise<void> {
  await documents.send(new DescribeTableCommand({ TableName: tableName }));
}
