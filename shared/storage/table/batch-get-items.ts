import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { ImageTable, Item } from './image-table.ts';

/** Keys in one BatchGetItem; DynamoDB's maximum. */
const BATCH = 100;

/** Milliseconds before the keys that a BatchGetItem left unprocessed are requested again. */
const UNPROCESSED_PAUSE_MS = 100;

/** Reads the items of these keys, strongly consistent and in no particular order; keys without an item are left out. IAM: dynamodb:BatchGetItem. */
export async function batchGetItems(table: ImageTable, keys: readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < keys.length; from += BATCH) {
    items.push(...(await readBatch(table, keys.slice(from, from + BATCH))));
  }
  return items;
}

async function readBatch({ documents, tableName }: ImageTable, keys: Item[]): Promise<Item[]> {
  const items: Item[] = [];
  let Keys = keys;
  while (Keys.length > 0) {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(Responses?.[tableName] ?? []));
    Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (Keys.length > 0) await new Promise((resolve) => setTimeout(resolve, UNPROCESSED_PAUSE_MS));
  }
  return items;
}
