import { actsOnDay, expiresOnDay } from './endings.ts';
import { tierShares } from './intelligent-tiering.ts';
import type { ObjectRules } from './lifecycle-rules.ts';
import { SMALLEST_TIERED_BYTES, type StorageClass, type TransitionClass } from './storage-classes.ts';

/** The time of an object in one class. */
export interface Stay {
  /** The day of the object's life at whose beginning it came. */
  since: number;
  in: 'STANDARD' | TransitionClass;
}

/**
 * Where an object is in its life by its rules. Of several transitions on one day the coldest counts, and an expiration comes before a
 * transition: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html (read 2026-11-30).
 */
export function staysOf(rules: ObjectRules): Stay[] {
  const moves = rules.transitions
    .map(({ days, to }) => ({ since: actsOnDay(days), in: to }))
    .filter(({ since }) => since < expiresOnDay(rules));
  return [{ since: 0, in: 'STANDARD' as const }, ...moves.filter(({ since }, i) => moves[i + 1]?.since !== since)];
}

export const stayOn = (stays: readonly Stay[], day: number): Stay =>
  stays.findLast(({ since }) => since <= day) ?? { since: 0, in: 'STANDARD' };

interface Reading {
  bytes: number;
  /** Expected reads of an object from its creation to the beginning of each day of its life. */
  reads: readonly number[];
}

/** The share of objects in each class of a stay on a day. Objects that ended on a day are not read after it, and stay where they are. */
export function sharesByClass(stay: Stay, { bytes, reads }: Reading, [day, endedOn]: [number, number]) {
  const shares = (): [StorageClass, number][] => {
    if (stay.in !== 'INTELLIGENT_TIERING') return [[stay.in, 1]];
    // Small objects are not monitored, and stay in the first tier.
    if (bytes < SMALLEST_TIERED_BYTES) return [['INTELLIGENT_TIERING frequent', 1]];
    return tierShares({ day, since: stay.since, readsUntil: (until) => reads[Math.min(until, endedOn)] ?? 0 });
  };
  return shares();
}
