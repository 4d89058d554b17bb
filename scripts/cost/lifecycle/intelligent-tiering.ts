import type { StorageClass } from './storage-classes.ts';

/**
 * Days without a read after which an object is in the tier: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intelligent-tiering-overview.html
 * (read 2026-11-30). A read moves it back to frequent access.
 */
const INFREQUENT_DAYS = 30;
const ARCHIVE_INSTANT_DAYS = 90;

/** Where an object is in its life. */
export interface TierAge {
  /** The day of its life, and that on which it came into Intelligent-Tiering. */
  day: number;
  since: number;
  /** Expected reads from the object's creation to the beginning of a day of its life. */
  readsUntil: (day: number) => number;
}

/** The share of objects in each tier. Reads come independently of each other, so `exp(-reads)` of the objects have not been read (Poisson). */
export function tierShares({ day, since, readsUntil }: TierAge): [StorageClass, number][] {
  const unread = (days: number) => (day - since >= days ? Math.exp(readsUntil(day - days) - readsUntil(day)) : 0);
  const [infrequent, archived] = [unread(INFREQUENT_DAYS), unread(ARCHIVE_INSTANT_DAYS)];
  return [
    ['INTELLIGENT_TIERING frequent', 1 - infrequent],
    ['INTELLIGENT_TIERING infrequent', infrequent - archived],
    ['INTELLIGENT_TIERING archive instant', archived],
  ];
}
