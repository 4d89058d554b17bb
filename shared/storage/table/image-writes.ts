import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE } from '../../contracts/table.ts';
import { pick } from '../../domain/attributes.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { Rendition } from '../../domain/rendition.ts';
import { ifUnchanged, isConditionFailed, unlessConditionFails, updateItem } from './conditional-write.ts';
import {
  type Image,
  type ImageTable,
  type Item,
  imageDeleted,
  isStored,
  queryItems,
  RECORD_NAMES,
  RENDITION_NAMES,
  readImage,
  readStoredImage,
  recordKey,
  removeItems,
  renditionKey,
} from './image-table.ts';
import { isValidItem } from './item-validation.ts';
import { owedBy, owes } from './owed-work.ts';

const IF_ABSENT = { ConditionExpression: `attribute_not_exists(${IMAGE_TABLE.partitionKey})` };

const renditionItem = (imageId: string, rendition: Rendition): Item => ({
  ...renditionKey(imageId, rendition.name),
  ...pick(rendition, RENDITION_NAMES),
});

/**
 * Writes a new image. The record is written last and makes the image visible, so an image never appears without its renditions. If another request
 * wrote the image first and it has been deleted since, nothing is left and the error is `image_deleted`.
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
  const work = owedBy(record);
  const owed = work && owes(work, imageId, new Date(record.createdAt));
  const Item = { ...recordKey(imageId), ...listed, ...pick(record, RECORD_NAMES), ...owed };
  try {
    await documents.send(new PutCommand({ TableName, Item, ...IF_ABSENT }));
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    // It is our own write if the answer was lost and the SDK sent the request again.
    const there = await readImage(table, imageId, { consistent: true });
    const { createdAt, countedAs } = record;
    if (isStored(there) && there.record.createdAt === createdAt && there.record.countedAs === countedAs) return;
    if (there?.record.status !== 'deleted') throw error;
    await removeItems(
      table,
      renditions.map(({ name }) => renditionKey(imageId, name)),
    );
    throw imageDeleted(imageId, error);
  }
}

/** Adds what the first processing has found out to an image's record, unless somebody has done so already or the image was deleted. */
export async function addImageDescription(
  table: ImageTable,
  imageId: string,
  found: Required<Pick<ImageRecord, 'placeholder' | 'dominantColor'>> & Pick<ImageRecord, 'width' | 'height'>,
): Promise<void> {
  await updateItem(table, {
    key: recordKey(imageId),
    set: found,
    condition: '#status = :stored AND attribute_not_exists(placeholder)',
    names: ['status'],
    values: { ':stored': 'stored' },
  });
}

/**
 * Adds a rendition to an image; the condition fails if the image has a rendition of that name. A deletion writes the tombstone first and then reads
 * the renditions, while this writes the rendition first and then counts it in the record, which fails on a tombstone: so one of the two sees the
 * other. The rendition is then removed, and the error is `image_deleted`.
 */
export async function addRendition(table: ImageTable, imageId: string, rendition: Rendition): Promise<void> {
  const Item = renditionItem(imageId, rendition);
  const put = () => table.documents.send(new PutCommand({ TableName: table.tableName, Item, ...IF_ABSENT }));
  await put().catch(async (error: unknown) => {
    if (!isConditionFailed(error) || !(await removeInvalidItem(table, renditionKey(imageId, rendition.name))))
      throw error;
    return put();
  });
  if (await countAddition(table, imageId)) return;
  await removeItems(table, [renditionKey(imageId, rendition.name)]);
  await readStoredImage(table, imageId, { consistent: true });
  throw new Error(`the image ${imageId} is stored, and its record could not be changed`);
}

/** Counts an addition in the image's record. Resolves to false if no image is stored there. */
async function countAddition(table: ImageTable, imageId: string): Promise<boolean> {
  const counted = await updateItem(table, {
    key: recordKey(imageId),
    add: { additions: 1 },
    condition: '#status = :stored',
    names: ['status'],
    values: { ':stored': 'stored' },
  });
  return counted !== undefined;
}

/** Removes an item if it is invalid, unless somebody has written it anew since it was read. Resolves to whether it was removed. */
export async function removeInvalidItem(table: ImageTable, key: Item): Promise<boolean> {
  const [item] = await queryItems(table, {
    KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition AND ${IMAGE_TABLE.sortKey} = :sort`,
    ExpressionAttributeValues: { ':partition': key[IMAGE_TABLE.partitionKey], ':sort': key[IMAGE_TABLE.sortKey] },
    ConsistentRead: true,
  });
  if (!item || isValidItem(item)) return false;
  const { documents, tableName: TableName } = table;
  const removal = documents.send(new DeleteCommand({ TableName, Key: key, ...ifUnchanged(item) }));
  return (await unlessConditionFails(removal)) !== undefined;
}

/**
 * Removes a record that was just written, unless somebody has changed it or added renditions since. Resolves to whether it was removed.
 */
export async function removeRecordIfUnchanged(
  { documents, tableName: TableName }: ImageTable,
  record: ImageRecord,
): Promise<boolean> {
  const { ConditionExpression, ...unchanged } = ifUnchanged(record as unknown as Item);
  const removal = documents.send(
    new DeleteCommand({
      TableName,
      Key: recordKey(record.imageId),
      ConditionExpression: `${ConditionExpression} AND attribute_not_exists(additions)`,
      ...unchanged,
    }),
  );
  return (await unlessConditionFails(removal)) !== undefined;
}
