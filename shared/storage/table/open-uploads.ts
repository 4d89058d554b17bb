import { IMAGE_TABLE, openUploadsCountSortKey, openUploadsPartition } from '../../contracts/table.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { UploadRecord } from '../../domain/multipart-upload.ts';
import { updateItem } from './conditional-write.ts';
import { readCount, sumOf } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/** The owner, and how long an upload may take, determine where it counts. */
type Begun = Pick<UploadRecord, 'owner' | 'createdAt' | 'validUntil'>;

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Uploads that end in the same period stop counting together, at its end, if nobody has ended them before. Uploads that may take so many seconds end
 * in periods of so many. Short ones have short periods, because whoever begins those of upload tokens often goes away; and they are few at any time, so
 * that the item stays below a kilobyte.
 */
const PERIODS = [
  { mayTake: 3_600, period: 300 },
  { mayTake: DAY_SECONDS, period: 3_600 },
  { mayTake: Number.POSITIVE_INFINITY, period: DAY_SECONDS },
] as const;

/** The attribute in which an upload counts, named by the end of its period in epoch seconds. */
function periodOf({ createdAt, validUntil }: Begun): string {
  const end = Date.parse(validUntil) / 1000;
  const seconds = end - Date.parse(createdAt) / 1000;
  const { period } = PERIODS.find(({ mayTake }) => seconds <= mayTake) ?? PERIODS[2];
  return `until_${Math.ceil(end / period) * period}`;
}

/** The attribute in which earlier versions counted an upload. */
const dayOf = (createdAt: string): string => `day_${createdAt.slice(0, 10).replaceAll('-', '_')}`;

/** When a period ends, or the last upload of a day of earlier versions, in epoch seconds; undefined for other attributes. */
function endOf(name: string): number | undefined {
  if (name.startsWith('until_')) return Number(name.slice('until_'.length));
  if (!name.startsWith('day_')) return undefined;
  const day = Date.parse(name.slice('day_'.length).replaceAll('_', '-'));
  return day / 1000 + DAY_SECONDS + LIMITS.uploadSeconds;
}

const countKey = (owner: string): Item => ({
  [IMAGE_TABLE.partitionKey]: openUploadsPartition(owner),
  [IMAGE_TABLE.sortKey]: openUploadsCountSortKey,
});

/**
 * Counts an upload that is about to begin. Resolves to false, and does not count it, if its owner has `limit` open uploads. Sum and period are in
 * one item, so that concurrent requests can neither exceed the limit together nor keep each other from reaching it.
 */
export async function countOpenUpload(table: ImageTable, begun: Begun, limit: number): Promise<boolean> {
  const { owner, createdAt } = begun;
  const now = epochSeconds(Date.parse(createdAt));
  const count = () =>
    updateItem(table, {
      key: countKey(owner),
      add: { openUploads: 1, [periodOf(begun)]: 1 },
      set: { [IMAGE_TABLE.timeToLiveAttribute]: now + LIMITS.uploadSeconds + 2 * DAY_SECONDS },
      condition: 'attribute_not_exists(#openUploads) OR #openUploads < :limit',
      values: { ':limit': limit },
      returnValues: 'ALL_NEW',
    });
  const counted = await count();
  const item = counted ?? (await readCount(table, countKey(owner))) ?? {};
  const expired = expiredOf(item, now);
  if (expired.length > 0) await dropPeriods(table, owner, expired);
  return counted !== undefined || (expired.length > 0 && (await count()) !== undefined);
}

/** Stops counting an upload that has ended. If the process dies before this, the upload counts until its period ends. */
export async function uncountOpenUpload(table: ImageTable, begun: Begun): Promise<void> {
  for (const name of [periodOf(begun), dayOf(begun.createdAt)]) {
    // The condition fails if that period is over, or the upload was counted by another version.
    const uncounted = await updateItem(table, {
      key: countKey(begun.owner),
      add: { openUploads: -1, [name]: -1 },
      condition: `#${name} > :none`,
      values: { ':none': 0 },
    });
    if (uncounted) return;
  }
}

/** How many uploads of an owner are open. */
export async function readOpenUploads(table: ImageTable, owner: string): Promise<number> {
  const item = await readCount(table, countKey(owner));
  return sumOf(item, 'openUploads') - total(expiredOf(item ?? {}, epochSeconds()));
}

type Period = [name: string, count: number];

const total = (periods: readonly Period[]): number => periods.reduce((sum, [, count]) => sum + count, 0);

/** The periods that are over, with the uploads that nobody has ended. */
const expiredOf = (item: Item, now: number): Period[] =>
  Object.keys(item)
    .filter((name) => (endOf(name) ?? Number.POSITIVE_INFINITY) <= now)
    .map((name) => [name, sumOf(item, name)]);

/** Stops counting what is left of periods, in one write; nothing is changed if somebody else is faster. */
async function dropPeriods(table: ImageTable, owner: string, periods: readonly Period[]): Promise<void> {
  await updateItem(table, {
    key: countKey(owner),
    add: { openUploads: -total(periods) },
    remove: periods.map(([name]) => name),
    condition: periods.map(([name]) => `#${name} = :${name}`).join(' AND '),
    values: Object.fromEntries(periods.map(([name, count]) => [`:${name}`, count])),
  });
}
