import { DAYS_A_MONTH } from '../workloads/workload.ts';
import { actsOnDay } from './endings.ts';
import { type LifecycleRules, rulesForObject } from './lifecycle-rules.ts';
import { objectLife, type StoredObject } from './object-life.ts';
import { SMALLEST_TIERED_BYTES } from './storage-classes.ts';
import { priceAt, type StorageRates } from './storage-price.ts';

/** Rules for a prefix with the prices at which they are compared. */
export interface PricedRules {
  prefix: string;
  rules: LifecycleRules;
  rates: StorageRates;
}

/** The sums of the values up to each. */
export function cumulative(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** The index from which something has cost less, all together, than something else, and does so to the end; undefined if it never does. */
export function paysFromIndex(costs: readonly number[], others: readonly number[]): number | undefined {
  const saved = cumulative(costs.map((cost, index) => (others[index] ?? 0) - cost));
  const last = saved.findLastIndex((sum) => !isSaving(sum));
  return last + 1 < saved.length ? last + 1 : undefined;
}

/** More than the error of adding up numbers. */
const isSaving = (usd: number): boolean => usd > 1e-12;

/** What an average object costs on each day of its life, in US dollars. */
const costByDay = (object: StoredObject, { prefix, rules, rates }: PricedRules, dayCount: number): number[] =>
  objectLife(object, rulesForObject(rules, prefix, object.bytes), dayCount).days.map((day) => priceAt(day, rates).usd);

/**
 * The months from the first transition of an object until it has saved what moving, monitoring and reading it costs; undefined if it does not
 * within `dayCount` days of its life.
 */
export function monthsToRepay(
  object: StoredObject,
  [moved, unmoved]: readonly [PricedRules, PricedRules],
  dayCount: number,
): number | undefined {
  const [costs, others] = [costByDay(object, moved, dayCount), costByDay(object, unmoved, dayCount)];
  const day = paysFromIndex(costs, others);
  const [first] = rulesForObject(moved.rules, moved.prefix, object.bytes).transitions;
  if (day === undefined || !first) return undefined;
  const saved = cumulative(costs.map((cost, index) => (others[index] ?? 0) - cost));
  const [before, after] = [saved[day - 1] ?? 0, saved[day] ?? 0];
  return (day + before / (before - after) - actsOnDay(first.days)) / DAYS_A_MONTH;
}

/**
 * The bytes from which moving an object saves money within `dayCount` days of its life; undefined if it does not at any size. Costs by the
 * object and by the byte are both in proportion, so that two sizes tell all others from 128 KiB, the smallest that S3 moves.
 */
export function paysFromBytes(
  object: Omit<StoredObject, 'bytes'>,
  [moved, unmoved]: readonly [PricedRules, PricedRules],
  dayCount: number,
): number | undefined {
  const [small, large] = [SMALLEST_TIERED_BYTES, 2 * SMALLEST_TIERED_BYTES];
  const extraAt = (bytes: number) => {
    const [costs, others] = [moved, unmoved].map((rules) =>
      cumulative(costByDay({ ...object, bytes }, rules, dayCount)).at(-1),
    );
    return (costs ?? 0) - (others ?? 0);
  };
  const [ofSmall, ofLarge] = [extraAt(small), extraAt(large)];
  if (isSaving(-ofSmall)) return small;
  if (!isSaving(ofSmall - ofLarge)) return undefined;
  return small + (ofSmall * (large - small)) / (ofSmall - ofLarge);
}
