import { DAYS_A_MONTH } from '../workloads/workload.ts';
import type { ObjectRules } from './lifecycle-rules.ts';

/** How the objects of one day end, as shares of them by the day of their life. Day 0 is that of the upload. */
export interface Endings {
  /** The share that is current at the end of each day. */
  current: readonly number[];
  /** The share that users delete in the course of each day. */
  deleted: readonly number[];
  /** The share that a rule expires at the beginning of each day. */
  expired: readonly number[];
  /** Days from the deletion or expiration of an object until it is removed for good; 0 without versions. */
  keptDays: number;
}

/**
 * The day of an object's life at whose beginning a rule of so many days acts: S3 adds the days to the time of the upload and rounds up to the
 * next midnight UTC. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html (read 2026-11-30)
 */
export const actsOnDay = (days: number): number => days + 1;

/**
 * The day of an object's life at whose beginning a rule expires it; `Infinity` for never. With versions, a transition of the same day comes
 * first, and the delete marker a day later: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html (read 2026-11-30).
 */
export function expiresOnDay({ expirationDays, noncurrentDays, transitions }: ObjectRules): number {
  if (expirationDays === undefined) return Number.POSITIVE_INFINITY;
  const waits = noncurrentDays !== undefined && transitions.some(({ days }) => days === expirationDays);
  return actsOnDay(expirationDays) + (waits ? 1 : 0);
}

/** Follows the objects of one day through `dayCount` days. Users delete the same share of those that are left in each month. */
export function endingsOf(deletedShareByMonth: number, rules: ObjectRules, dayCount: number): Endings {
  const deletedShareByDay = 1 - (1 - deletedShareByMonth) ** (1 / DAYS_A_MONTH);
  const expiresOn = expiresOnDay(rules);
  const [current, deleted, expired] = [[1], [0], [0]];
  for (let day = 1; day < dayCount; day += 1) {
    const left = current[day - 1] ?? 0;
    expired.push(day === expiresOn ? left : 0);
    deleted.push(day < expiresOn ? left * deletedShareByDay : 0);
    current.push(day < expiresOn ? left * (1 - deletedShareByDay) : 0);
  }
  const keptDays = rules.noncurrentDays === undefined ? 0 : actsOnDay(rules.noncurrentDays);
  return { current, deleted, expired, keptDays };
}

/** The number of things at the end of each day, if some come in the course of every day and stay for so many days. */
export function stillThere(come: readonly number[], stayDays: number): number[] {
  let there = 0;
  return come.map((count, day) => {
    there += count - (come[day - stayDays] ?? 0);
    return Math.max(0, there);
  });
}
