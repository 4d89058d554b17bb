import { randomBytes } from 'node:crypto';
import { IMAGE_TABLE, usagePartition, usageSendersSortKey, usageSendingSortKey } from '../../contracts/table.ts';
import { addEntry, readCount, removeEntry } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/** Uploads that are counted together: those that an owner sends itself, or, by the name of their senders, those that others send for it. */
export interface SendingPool {
  owner: string;
  senders?: string;
}

const sendingKey = ({ owner, senders }: SendingPool): Item => ({
  [IMAGE_TABLE.partitionKey]: usagePartition(owner),
  [IMAGE_TABLE.sortKey]: senders === undefined ? usageSendingSortKey : usageSendersSortKey(senders),
});

const entryOf = (pool: SendingPool, name: string) => ({ key: sendingKey(pool), name, amounts: { sending: 1 } });

interface SendingOptions {
  limit: number;
  /** Seconds that an upload can take at most. An upload whose process died counts for so long. */
  seconds: number;
  /** Epoch seconds. */
  now?: number;
}

/** Counts an upload among those that are sent at once. Resolves to its name, or to undefined if there are `limit` already. */
export async function beginSending(
  table: ImageTable,
  pool: SendingPool,
  { limit, seconds, now = epochSeconds() }: SendingOptions,
): Promise<string | undefined> {
  const entry = entryOf(pool, `at_${randomBytes(8).toString('hex')}`);
  const set = { [IMAGE_TABLE.timeToLiveAttribute]: now + 2 * seconds };
  const begin = () => addEntry(table, { ...entry, value: now + seconds, most: { sending: limit }, set });
  const hasBegun = (await begin()) || ((await endExpired(table, pool, now)) && (await begin()));
  return hasBegun ? entry.name : undefined;
}

/** Stops counting an upload that has ended. */
export const endSending = (table: ImageTable, pool: SendingPool, name: string): Promise<boolean> =>
  removeEntry(table, entryOf(pool, name));

/** Stops counting uploads whose time is over. Resolves to whether there were any. */
async function endExpired(table: ImageTable, pool: SendingPool, now: number): Promise<boolean> {
  const item = (await readCount(table, sendingKey(pool))) ?? {};
  const expired = Object.keys(item).filter((name) => name.startsWith('at_') && Number(item[name]) < now);
  for (const name of expired) await endSending(table, pool, name);
  return expired.length > 0;
}
