import type { KEY_PREFIXES } from '../../../shared/domain/object-key.ts';
import { DAYS_A_MONTH } from '../workloads/workload.ts';
import { abortDaysFor, type LifecycleRules, type ObjectRules, rulesForObject } from './lifecycle-rules.ts';
import { type ObjectLife, objectLife, type StoredObject } from './object-life.ts';
import { addTimes, noQuantities, type StorageQuantities } from './storage-quantities.ts';

/** Objects of a size, as a share of all of their mix. */
export interface SizeBand {
  meanBytes: number;
  /** 0 to 1; the shares of a mix add up to 1. */
  share: number;
}

/** Objects below one prefix that come in every month. */
export interface ObjectMix {
  prefix: (typeof KEY_PREFIXES)[keyof typeof KEY_PREFIXES];
  /** Objects created each month, evenly over its 730 hours. */
  perMonth: number;
  /** The shares of them that are created so many months after what they are of; without it all are created at once, from the first month on. */
  sharesByDelay?: readonly number[];
  sizes: readonly SizeBand[];
  /** Reads of an object from S3 in each month of its life, the first of which is 0. */
  readsPerMonthByAge: (month: number) => number;
  /** Further reads on the day of the upload, such as the worker's, which do not keep objects in the first tier of Intelligent-Tiering. */
  readsWhenNew?: number;
  /** The class into which objects are written that a rule would move there; otherwise it is S3 Standard. */
  writtenInto?: StoredObject['writtenInto'];
  /** The share of the objects left that users delete in a month, 0 to 1. */
  deletedShareByMonth: number;
  /** Uploads in parts that are begun each month and never completed. */
  abandonedUploads?: { perMonth: number; meanBytes: number };
}

/** What S3 bills for a month of an environment that began empty. */
export interface StorageMonth extends StorageQuantities {
  /** 1 is the first. */
  month: number;
  /** The GB that are stored at the month's end, noncurrent versions and abandoned parts included. */
  storedGb: number;
}

const emptyMonths = (months: number): StorageMonth[] =>
  Array.from({ length: months }, (_, index) => ({ ...noQuantities(), month: index + 1, storedGb: 0 }));

/**
 * The storage of each month of an environment that begins empty, as the lifecycle rules of its bucket move it. It is followed by the day,
 * because rules are in days: a month has 730 hours, which are 30.42 days. All objects of a band have its mean size.
 */
export const storageMonths = (mixes: readonly ObjectMix[], rules: LifecycleRules, months = 24): StorageMonth[] =>
  sumOfMonths(
    mixes.flatMap((mix) => [
      ...mix.sizes.map((band) => bandMonths(mix, band, rules, months)),
      partsMonths(mix, rules, months),
    ]),
    months,
  );

/** Adds up months, each by itself. */
export function sumOfMonths(parts: readonly (readonly StorageMonth[])[], months: number): StorageMonth[] {
  const total = emptyMonths(months);
  for (const part of parts)
    for (const { month, storedGb, ...quantities } of part) {
      const sum = total[month - 1];
      if (!sum) continue;
      addTimes(sum, quantities, 1);
      sum.storedGb += storedGb;
    }
  return total;
}

const NEVER_READ = { deletedShareByMonth: 0, readsPerMonthByAge: () => 0 };

/** The months of the objects of one size. */
export function bandMonths(mix: ObjectMix, band: SizeBand, rules: LifecycleRules, months: number): StorageMonth[] {
  const dayCount = Math.ceil(months * DAYS_A_MONTH);
  const life = objectLife(
    { ...mix, bytes: band.meanBytes },
    rulesForObject(rules, mix.prefix, band.meanBytes),
    dayCount,
  );
  const atOnce = monthsOf(life, mix.perMonth * band.share, months);
  return mix.sharesByDelay ? delayed(atOnce, mix.sharesByDelay) : atOnce;
}

/** The months if shares of the objects come so many months later. */
function delayed(atOnce: readonly StorageMonth[], sharesByDelay: readonly number[]): StorageMonth[] {
  const total = emptyMonths(atOnce.length);
  for (const sum of total)
    for (const [delay, share] of sharesByDelay.entries()) {
      const before = atOnce[sum.month - 1 - delay];
      if (!before) continue;
      const { month: _, storedGb, ...quantities } = before;
      addTimes(sum, quantities, share);
      sum.storedGb += storedGb * share;
    }
  return total;
}

/** Parts are billed like objects of S3 Standard until a rule aborts their upload. */
function partsMonths({ abandonedUploads, prefix }: ObjectMix, rules: LifecycleRules, months: number): StorageMonth[] {
  const { perMonth, meanBytes: bytes } = abandonedUploads ?? { perMonth: 0, meanBytes: 0 };
  if (perMonth === 0) return [];
  const aborts: ObjectRules = {
    transitions: [],
    expirationDays: abortDaysFor(rules, prefix),
    removesDeleteMarkers: false,
  };
  const life = objectLife({ ...NEVER_READ, bytes }, aborts, Math.ceil(months * DAYS_A_MONTH));
  for (const day of life.days) day.abandonedPartsGbMonths = day.byClass.STANDARD.gbMonths;
  return monthsOf(life, perMonth, months);
}

/** Adds up the lives of objects that come every day: on the nth day there are objects of all ages up to n. */
function monthsOf(life: ObjectLife, perMonth: number, months: number): StorageMonth[] {
  const total = emptyMonths(months);
  const today = noQuantities();
  let storedGb = 0;
  for (const [day, quantities] of life.days.entries()) {
    addTimes(today, quantities, 1);
    const ofOne = life.storedGbAtEnd[day] ?? 0;
    for (const sum of total) {
      const part = partOfDay(day, sum.month);
      if (part === 0) continue;
      addTimes(sum, today, (part * perMonth) / DAYS_A_MONTH);
      // The last day that has a part of the month says what is stored at its end.
      sum.storedGb = ((storedGb + part * ofOne) * perMonth) / DAYS_A_MONTH;
    }
    storedGb += ofOne;
  }
  return total;
}

/** The part of a day, counted from 0, that is in a month, counted from 1. */
const partOfDay = (day: number, month: number): number =>
  Math.max(0, Math.min(day + 1, month * DAYS_A_MONTH) - Math.max(day, (month - 1) * DAYS_A_MONTH));
