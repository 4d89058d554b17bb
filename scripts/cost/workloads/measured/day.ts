import { CommandError } from '../../../command-line.ts';
import { sum } from '../workload.ts';
import { moment } from './measurement.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** A day's export rarely begins and ends with a message. */
export const NEARLY_A_DAY_MS = 23 * HOUR_MS;

/** When images were uploaded. */
export interface Uploads {
  /** In each of the 24 hours (UTC) of all days together. */
  byHour: readonly number[];
  /** The first and the last moment, milliseconds since 1970. */
  first: number;
  last: number;
}

export interface Day {
  /** The time seen, in milliseconds. */
  seenMs: number;
  imagesPerDay: number;
  /** Absent if less than a day was seen. */
  dailyCurve?: number[];
}

export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) % 24;

/**
 * Images a day, and their distribution over it. The time seen is that from the first to the last image and, because nobody knows how long before the
 * first nothing came, once more their mean distance. Where more than a day was seen, each hour counts by how often it was.
 */
export function dayOf({ byHour, first, last }: Uploads): Day {
  const images = sum(byHour);
  if (images < 2 || last <= first)
    throw new CommandError(
      `The metrics have ${images === 1 ? 'one image' : `${images} images`}${images > 0 ? `, at ${moment(first)}` : ''}, from which no rate follows. Export more of the log, best a week.`,
    );
  const seenMs = ((last - first) * images) / (images - 1);
  if (seenMs < NEARLY_A_DAY_MS) return { seenMs, imagesPerDay: (images / seenMs) * DAY_MS };
  const times = timesSeen(first, Math.max(seenMs, DAY_MS));
  const hourly = byHour.map((count, hour) => count / (times[hour] ?? 1));
  const imagesPerDay = sum(hourly);
  return { seenMs, imagesPerDay, dailyCurve: hourly.map((count) => (count / imagesPerDay) * 24) };
}

/** How often each hour of the day was seen, a part of it as a part. */
export function timesSeen(first: number, seenMs: number): number[] {
  const days = Math.floor(seenMs / DAY_MS);
  const begin = (first % DAY_MS) / HOUR_MS;
  const end = begin + (seenMs % DAY_MS) / HOUR_MS;
  const overlap = (from: number) => Math.max(0, Math.min(end, from + 1) - Math.max(begin, from));
  return Array.from({ length: 24 }, (_, hour) => days + overlap(hour) + overlap(hour + 24));
}
