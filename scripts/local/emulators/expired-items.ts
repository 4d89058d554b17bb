import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import deleteItem from 'dynalite/actions/deleteItem.js';
import type { DynaliteStore, Item, TableDescription } from 'dynalite/db/index.js';
import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import { canExpire } from '../../../shared/storage/table/item-validation.ts';
import { beginningWith, PREFIXES, tablesIn } from './dynalite-store.ts';
import type { KeyValueStore } from './sqlite-key-value-store.ts';
import { itemIn, rowKeyOf } from './table-rows.ts';

/** Items that are looked at before others have their turn, and milliseconds of that: a million items take three minutes. */
const SLICE = { items: 128, pauseMs: 20 };

/** Milliseconds to the first look, which a short run does without, and from each to the next. DynamoDB takes up to some days. */
const TIMES = { first: 60_000, next: 3_600_000 };

const { timeToLiveAttribute } = IMAGE_TABLE;
const erase = promisify(deleteItem);

/**
 * Removes the items whose time to live is over, which DynamoDB does by itself and dynalite does not, with their entries in indexes. Answers how
 * many there were. `now` is in epoch milliseconds.
 */
export async function removeExpiredItems(
  { store, entries }: { store: DynaliteStore; entries: KeyValueStore },
  { now = Date.now(), signal }: { now?: number; signal?: AbortSignal } = {},
): Promise<number> {
  let [removed, seen] = [0, 0];
  for (const [, table] of tablesIn(entries)) {
    for (const [key] of entries.within(beginningWith(PREFIXES.item(table.TableName)))) {
      seen += 1;
      if (seen % SLICE.items === 0) await sleep(SLICE.pauseMs, undefined, { ref: false });
      if (signal?.aborted) return removed;
      // The item is read again, because it may have changed during the pause.
      const item = readExpired(entries.get(key), now);
      if (!item || !isItsOwn(key, item, table)) continue;
      await erase(store, { TableName: table.TableName, Key: keyOf(item, table) });
      removed += 1;
    }
  }
  return removed;
}

/** Returns the item if it has expired. A damaged row stays, because nobody knows whether it has. */
function readExpired(text: string | undefined, now: number): Item | undefined {
  const item = text?.includes(timeToLiveAttribute) ? itemIn(text) : undefined;
  if (!item || !(Number(item[timeToLiveAttribute]?.N) * 1000 < now)) return undefined;
  // An expiry on an item that never expires is damage too.
  return canExpire({ [IMAGE_TABLE.sortKey]: item[IMAGE_TABLE.sortKey]?.S, status: item.status?.S }) ? item : undefined;
}

const isItsOwn = (key: string, item: Item, { TableName }: TableDescription): boolean =>
  key === PREFIXES.item(TableName) + rowKeyOf(item);

const keyOf = (item: Item, { KeySchema }: TableDescription): Item =>
  Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName] ?? {}]));

/** Removes expired items at intervals until it is stopped. Errors go to `report`, and the next interval is another attempt. */
export function startRemovingExpiredItems(
  database: { store: DynaliteStore; entries: KeyValueStore },
  report: (error: Error) => void,
): { stop(): void } {
  const stopped = new AbortController();
  const { signal } = stopped;
  const work = async () => {
    for (let pause: number = TIMES.first; ; pause = TIMES.next) {
      await sleep(pause, undefined, { ref: false, signal });
      await removeExpiredItems(database, { signal }).catch(report);
    }
  };
  work().catch((error: Error) => {
    if (!signal.aborted) report(error);
  });
  return { stop: () => stopped.abort() };
}
