import { IMAGE_TABLE, usageDaySortKey, usagePartition } from '../../contracts/table.ts';
import type { OwnerLimitValues } from '../../domain/owner-limits.ts';
import { updateItem } from './conditional-write.ts';
import { readCount, sumOf } from './counted-entries.ts';
import { epochSeconds, type ImageTable, type Item } from './image-table.ts';

/** Days are of UTC. */
const dayKey = (owner: string, now: Date): Item => ({
  [IMAGE_TABLE.partitionKey]: usagePartition(owner),
  [IMAGE_TABLE.sortKey]: usageDaySortKey(now.toISOString().slice(0, 10)),
});

/** The work of a day is kept for a month, so that somebody may ask where it went. */
const KEPT_SECONDS = 32 * 24 * 60 * 60;

const removal = (now: Date): Item => ({
  [IMAGE_TABLE.timeToLiveAttribute]: epochSeconds(now.getTime()) + KEPT_SECONDS,
});

export type DayLimits = Pick<OwnerLimitValues, 'renditionsPerDay' | 'processingSecondsPerDay'>;

/** Counts renditions that are about to be asked for. Resolves to false if the owner may have no more made today. */
export async function countRenditions(
  table: ImageTable,
  { owner, count, now = new Date() }: { owner: string; count: number; now?: Date },
  { renditionsPerDay, processingSecondsPerDay }: DayLimits = { renditionsPerDay: null, processingSecondsPerDay: null },
): Promise<boolean> {
  const limits = [
    ...(renditionsPerDay === null ? [] : ['(attribute_not_exists(#renditions) OR #renditions <= :room)']),
    ...(processingSecondsPerDay === null ? [] : ['(attribute_not_exists(#processingMs) OR #processingMs < :most)']),
  ];
  if (renditionsPerDay !== null && count > renditionsPerDay) return false;
  const written = await updateItem(table, {
    ...{ key: dayKey(owner, now), set: removal(now), add: { renditions: count } },
    ...(limits.length > 0 && { condition: limits.join(' AND ') }),
    names: processingSecondsPerDay === null ? [] : ['processingMs'],
    values: {
      ...(renditionsPerDay !== null && { ':room': renditionsPerDay - count }),
      ...(processingSecondsPerDay !== null && { ':most': processingSecondsPerDay * 1000 }),
    },
  });
  return written !== undefined;
}

/** Takes renditions back that were counted at `now` and not asked for. */
export async function uncountRenditions(
  table: ImageTable,
  { owner, count, now }: { owner: string; count: number; now: Date },
): Promise<void> {
  // The count may be gone: an erasure of the owner removes it.
  const isThere = { condition: '#renditions >= :counted', values: { ':counted': count } };
  await updateItem(table, { key: dayKey(owner, now), add: { renditions: -count }, ...isThere });
}

/** Adds milliseconds of processor time that renditions have taken. */
export async function addProcessing(table: ImageTable, owner: string, ms: number, now = new Date()): Promise<void> {
  const add = { processingMs: Math.round(ms) };
  await updateItem(table, { key: dayKey(owner, now), set: removal(now), add, values: {} });
}

/** What was counted today. */
export async function readDay(
  table: ImageTable,
  owner: string,
  now = new Date(),
): Promise<{ renditions: number; processingMs: number }> {
  const item = await readCount(table, dayKey(owner, now));
  return { renditions: sumOf(item, 'renditions'), processingMs: sumOf(item, 'processingMs') };
}
