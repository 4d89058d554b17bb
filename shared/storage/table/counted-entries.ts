import { IMAGE_TABLE } from '../../contracts/table.ts';
import { updateItem } from './conditional-write.ts';
import { type ImageTable, type Item, queryItems } from './image-table.ts';

/**
 * A count that says what it counts: an item with sums, and an attribute of its own for each thing that is under way. Sum and attribute change in one
 * write, so that a write that is sent twice, or a process that dies, cannot count anything twice. Without transactions this takes one item for each count.
 */
export interface CountedEntry {
  key: Item;
  /** The attribute, of letters, digits and `_`. */
  name: string;
  /** What is added to the sums with the entry. */
  amounts: Record<string, number>;
}

interface Entering extends CountedEntry {
  value: string | number;
  /** The most that each of these sums may be afterwards. Without an entry here a sum has no limit. */
  most?: Record<string, number | null>;
  /** An attribute with which the item takes no entries. */
  unless?: string;
  /** Attributes to set beside. */
  set?: Item;
}

/** Adds an entry with its amounts. Resolves to false if a sum would be more than it may, or the item takes none. */
export async function addEntry(table: ImageTable, entering: Entering): Promise<boolean> {
  const { key, name, value, amounts, most = {}, unless, set } = entering;
  const rooms = Object.entries(most).flatMap(([sum, limit]) =>
    limit === null ? [] : [[sum, limit - (amounts[sum] ?? 0)] as const],
  );
  if (rooms.some(([, room]) => room < 0)) return false;
  const written = await updateItem(table, {
    ...{ key, set: { ...set, [name]: value }, add: amounts },
    condition: [
      ...[name, unless].flatMap((absent) => (absent === undefined ? [] : `attribute_not_exists(#${absent})`)),
      ...rooms.map(([sum]) => `(attribute_not_exists(#${sum}) OR #${sum} <= :room_${sum})`),
    ].join(' AND '),
    ...(unless !== undefined && { names: [unless] }),
    values: Object.fromEntries(rooms.map(([sum, room]) => [`:room_${sum}`, room])),
  });
  // The condition also fails for a write that was done, and is sent again because its answer was lost.
  return written !== undefined || (await readCount(table, key))?.[name] === value;
}

/** Removes an entry whose amounts stay. */
export async function keepAmounts(table: ImageTable, { key, name }: Pick<CountedEntry, 'key' | 'name'>): Promise<void> {
  await updateItem(table, { key, remove: [name], condition: `attribute_exists(#${name})`, values: {} });
}

/** Removes an entry with its amounts, unless another attribute of the item names it. Resolves to whether it was there. */
export async function removeEntry(
  table: ImageTable,
  { key, name, amounts }: CountedEntry,
  other?: { name: string; text: string },
): Promise<boolean> {
  const written = await updateItem(table, {
    ...{ key, remove: [name], add: negated(amounts) },
    ...(other
      ? {
          condition: `attribute_exists(#${name}) AND NOT contains(#${other.name}, :text)`,
          ...{ names: [other.name], values: { ':text': other.text } },
        }
      : { condition: `attribute_exists(#${name})`, values: {} }),
  });
  return written !== undefined;
}

export const negated = (amounts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, -amount]));

/** Reads an item as it is now; undefined if there is none. It is a query and no GetItem, which not all services may do. */
export async function readCount(table: ImageTable, key: Item): Promise<Item | undefined> {
  const [item] = await queryItems(table, {
    KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition AND ${IMAGE_TABLE.sortKey} = :sort`,
    ExpressionAttributeValues: { ':partition': key[IMAGE_TABLE.partitionKey], ':sort': key[IMAGE_TABLE.sortKey] },
    ConsistentRead: true,
  });
  return item;
}

/** The sum of an item, which is 0 where there is none. */
export const sumOf = (item: Item | undefined, name: string): number => Number(item?.[name] ?? 0);
