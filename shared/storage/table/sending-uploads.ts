import { randomBytes } from 'node:crypto';
import { IMAGE_TABLE, usagePartition, usageSendingSortKey } from '../../contracts/table.ts';
import { addEntry, readCount, removeEntry } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

const sendingKey = (owner: string): Item => ({
  [IMAGE_TABLE.partitionKey]: usagePartition(owner),
  [IMAGE_TABLE.sortKey]: usageSendingSortKey,
});

const entryOf = (owner: string, name: string) => ({ key: sendingKey(owner), name, amounts: { sending: 1 } });

interface SendingOptions {
  limit: number;
  /** Seconds that an upload can take at most. An upload whose process died counts for so long. */
  seconds: number;
  /** Epoch seconds. */
  now?: number;
}

/** Counts an upload among those that an owner sends at once. Resolves to its name, or to undefined if there are `limit` already. */
export async function beginSending(
  table: ImageTable,
  owner: string,
  { limit, seconds, now = epochSeconds() }: SendingOptions,
): Promise<string | undefined> {
  const entry = entryOf(owner, `at_${randomBytes(8).toString('hex')}`);
  const set = { [IMAGE_TABLE.timeToLiveAttribute]: now + 2 * seconds };
  const begin = () => addEntry(table, { ...entry, value: now + seconds, most: { sending: limit }, set });
  const hasBegun = (await begin()) || ((await endExpired(table, owner, now)) && (await begin()));
  return hasBegun ? entry.name : undefined;
}

/** Stops counting an upload that has ended. */
export const endSending = (table: ImageTable, owner: string, name: string): Promise<boolean> =>
  removeEntry(table, entryOf(owner, name));

/** Stops counting uploads whose time is over. Resolves to whether there were any. */
async function endExpired(table: ImageTable, owner: string, now: number): Promise<boolean> {
  const item = (await readCount(table, sendingKey(owner))) ?? {};
  const expired = Object.keys(item).filter((name) => name.startsWith('at_') && Number(item[name]) < now);
  for (const name of expired) await endSending(table, owner, name);
  return expired.length > 0;
}
