import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, openUploadsPartition, usagePartition } from '../../contracts/table.ts';
import { isImageId } from '../../domain/image-id.ts';
import { unlessConditionFails, updateItem } from './conditional-write.ts';
import { readCount } from './counted-entries.ts';
import { type ImageTable, type Item, queryItems, removeItems } from './image-table.ts';
import { ERASURE_ID, readArriving, totalKey } from './stored-usage.ts';

/** An image that has a place among those of its owner, and may not have a record yet. */
interface ArrivingImage {
  imageId: string;
  /** Bytes. */
  contentLength: number;
  reservation: string;
  /** Epoch seconds. */
  since: number;
}

/**
 * The erasure of everything that an owner has stored. It stands in the item of what the owner has stored, which takes no image while it is there: so the
 * images that are still to come are those with an entry there.
 */
export interface Erasure {
  owner: string;
  erasureId: string;
  /** ISO 8601, UTC. */
  since: string;
  /** Whether the CDN is asked to purge `each` image or `all` at the end; absent until it is decided. */
  purge?: 'each' | 'all';
  /** Images that somebody has begun to remove, and that may be in no list any more. */
  begun: string[];
  arriving: ArrivingImage[];
  /** Whether the deletion of an image is under way. */
  isLeaving: boolean;
  /** Counts how often images were added to `begun`. */
  notes: number;
}

/** Images that are noted in one write: their names fill more than half of an expression, which has at most 4 KB. */
export const MOST_NOTED = 25;

const begunEntry = (imageId: string): string => `erased_${imageId.replaceAll('-', '')}`;

/** Begins to erase what an owner has stored, or goes on with it. From now on `reserveImage` refuses. */
export async function beginErasure(table: ImageTable, owner: string): Promise<Erasure> {
  await updateItem(table, {
    key: totalKey(owner),
    set: { [ERASURE_ID]: randomUUID(), erasedSince: new Date().toISOString() },
    ...{ condition: `attribute_not_exists(#${ERASURE_ID})`, values: {} },
  });
  const item = (await readCount(table, totalKey(owner))) ?? {};
  if (item[ERASURE_ID] === undefined) return beginErasure(table, owner);
  return erasureOf(owner, item);
}

function erasureOf(owner: string, item: Item): Erasure {
  const { erasedSince, erasurePurge, erasureNotes = 0 } = item;
  const names = Object.keys(item);
  return {
    ...{ owner, erasureId: String(item[ERASURE_ID]), since: String(erasedSince), notes: Number(erasureNotes) },
    ...(erasurePurge !== undefined && { purge: erasurePurge === 'all' ? 'all' : 'each' }),
    begun: names
      .filter((name) => name.startsWith(begunEntry('')))
      .map((name) => String(item[name]))
      .filter(isImageId),
    arriving: readArriving(item),
    isLeaving: names.some((name) => name.startsWith('out_')),
  };
}

const ifSame = ({ erasureId }: Erasure) => ({
  condition: `#${ERASURE_ID} = :erasureId`,
  names: [ERASURE_ID],
  values: { ':erasureId': erasureId },
});

/** Decides how the CDN is asked, once for the whole erasure. */
export async function decidePurge(table: ImageTable, erasure: Erasure, purge: 'each' | 'all'): Promise<void> {
  const { condition, ...same } = ifSame(erasure);
  await updateItem(table, {
    ...{ key: totalKey(erasure.owner), set: { erasurePurge: purge } },
    ...{ ...same, condition: `${condition} AND attribute_not_exists(#erasurePurge)` },
  });
}

/** Notes up to `MOST_NOTED` images before anything of them is removed. Resolves to false if the erasure has ended. */
export async function noteBegun(table: ImageTable, erasure: Erasure, imageIds: readonly string[]): Promise<boolean> {
  const set = Object.fromEntries(imageIds.map((imageId) => [begunEntry(imageId), imageId]));
  const noted = await updateItem(table, {
    ...{ key: totalKey(erasure.owner), set, add: { erasureNotes: 1 } },
    ...ifSame(erasure),
  });
  return noted !== undefined;
}

/** Forgets up to `MOST_NOTED` images of which nothing is left. */
export async function forgetBegun(table: ImageTable, erasure: Erasure, imageIds: readonly string[]): Promise<void> {
  await updateItem(table, { key: totalKey(erasure.owner), remove: imageIds.map(begunEntry), ...ifSame(erasure) });
}

/**
 * Ends an erasure of which nothing is left: removes what was counted of the owner, who may store images again. Resolves to false if somebody has begun to
 * remove an image since the erasure was read. IAM: dynamodb:Query and DeleteItem on the table.
 */
export async function endErasure(table: ImageTable, erasure: Erasure): Promise<boolean> {
  const { owner, notes } = erasure;
  const counted = await Promise.all(
    [usagePartition(owner), openUploadsPartition(owner)].map((each) => all(table, each)),
  );
  const total = totalKey(owner);
  await removeItems(
    table,
    counted.flat().filter((item) => KEY_NAMES.some((name) => item[name] !== total[name])),
  );
  const { documents, tableName } = table;
  const removal = documents.send(
    new DeleteCommand({
      ...{ TableName: tableName, Key: total },
      ConditionExpression: `#id = :id AND ${notes === 0 ? 'attribute_not_exists(#notes)' : '#notes = :notes'}`,
      ExpressionAttributeNames: { '#id': ERASURE_ID, '#notes': 'erasureNotes' },
      ExpressionAttributeValues: { ':id': erasure.erasureId, ...(notes > 0 && { ':notes': notes }) },
    }),
  );
  return (await unlessConditionFails(removal)) !== undefined;
}

const KEY_NAMES = [IMAGE_TABLE.partitionKey, IMAGE_TABLE.sortKey] as const;

const all = (table: ImageTable, partition: string): Promise<Item[]> =>
  queryItems(table, {
    KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition`,
    ExpressionAttributeValues: { ':partition': partition },
    ConsistentRead: true,
  });
