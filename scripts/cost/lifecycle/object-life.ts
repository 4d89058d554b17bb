import { DAYS_A_MONTH } from '../workloads/workload.ts';
import { type Endings, endingsOf, stillThere } from './endings.ts';
import type { ObjectRules } from './lifecycle-rules.ts';
import { type Stay, sharesByClass, stayOn, staysOf } from './stays.ts';
import { GB, SMALLEST_TIERED_BYTES, STORAGE_CLASSES, type StorageClass } from './storage-classes.ts';
import { noQuantities, type StorageQuantities } from './storage-quantities.ts';

export interface StoredObject {
  bytes: number;
  /** The share of the objects left that users delete in a month, 0 to 1. */
  deletedShareByMonth: number;
  /** Reads of an object in each month of its life, the first of which is 0. */
  readsPerMonthByAge: (month: number) => number;
  /** Further reads on the day of the upload, each of which costs as much in Intelligent-Tiering as in S3 Standard. */
  readsWhenNew?: number | undefined;
  /** The class in which it is written, if a rule would move it there; otherwise S3 Standard. */
  writtenInto?: Stay['in'] | undefined;
}

/** Quantities of an average object by the day of its life. On day 0, that of its upload, it is stored for half of the day on average. */
export interface ObjectLife {
  days: readonly StorageQuantities[];
  /** The GB of it that are stored at the end of each day, noncurrent versions included. */
  storedGbAtEnd: readonly number[];
}

interface Life {
  object: StoredObject;
  endings: Endings;
  stays: readonly Stay[];
  /** Expected reads until the beginning of each day. */
  reads: readonly number[];
}

/** A delete marker is billed as the bytes of its key, at most renditions/, an id, a hash and an extension: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html (read 2026-11-30). */
export const MARKER_GB = 85 / GB;

const at = (values: readonly number[], day: number): number => values[day] ?? 0;

/** Follows an object through `dayCount` days. */
export function objectLife(object: StoredObject, rules: ObjectRules, dayCount: number): ObjectLife {
  const endings = endingsOf(object.deletedShareByMonth, rules, dayCount);
  const life = { object, endings, stays: staysOf(rules, object.writtenInto), reads: cumulativeReads(object, dayCount) };
  const ended = endings.deleted.map((deleted, day) => deleted + at(endings.expired, day));
  const noncurrent = stillThere(ended, endings.keptDays);
  // A marker whose object is gone goes on the next day.
  const markers = stillThere(ended, rules.removesDeleteMarkers ? endings.keptDays + 1 : Number.POSITIVE_INFINITY);
  const days = Array.from({ length: dayCount }, (_, day) => {
    const quantities = noQuantities();
    if (day === 0) create(object, quantities);
    keepCurrent(life, day, quantities);
    move(life, day, quantities);
    keepNoncurrent(life, day, quantities);
    remove(life, day, quantities);
    if (rules.noncurrentDays !== undefined) keepMarkers(at(markers, day), quantities);
    return quantities;
  });
  return {
    days,
    storedGbAtEnd: noncurrent.map((share, day) => ((share + at(endings.current, day)) * object.bytes) / GB),
  };
}

function create({ bytes, readsWhenNew = 0 }: StoredObject, quantities: StorageQuantities): void {
  quantities.createdGb = bytes / GB;
  quantities.reads.STANDARD = readsWhenNew;
}

function cumulativeReads({ readsPerMonthByAge }: StoredObject, dayCount: number): number[] {
  const reads = [0];
  for (let day = 0; day < dayCount; day += 1)
    reads.push(at(reads, day) + readsPerMonthByAge(Math.floor(day / DAYS_A_MONTH)) / DAYS_A_MONTH);
  return reads;
}

/** Adds a share of objects that are stored for a day, and returns its GB-months. */
function store({ bytes }: StoredObject, [name, share]: [StorageClass, number], quantities: StorageQuantities): number {
  const gbMonths = (share * Math.max(bytes, STORAGE_CLASSES[name].minimumBytes)) / GB / DAYS_A_MONTH;
  quantities.byClass[name].gbMonths += gbMonths;
  quantities.byClass[name].objects += share / DAYS_A_MONTH;
  if (name.startsWith('INTELLIGENT_TIERING') && bytes >= SMALLEST_TIERED_BYTES)
    quantities.monitoredObjects += share / DAYS_A_MONTH;
  return gbMonths;
}

/** Stores current objects for a day, on which they are read. What is deleted on that day counts half. */
function keepCurrent({ object, endings, stays, reads }: Life, day: number, quantities: StorageQuantities): void {
  const share = day === 0 ? 0.5 : at(endings.current, day) + at(endings.deleted, day) / 2;
  const readsOfDay = at(reads, day + 1) - at(reads, day);
  if (share === 0) return;
  for (const [name, part] of sharesByClass(stayOn(stays, day), { bytes: object.bytes, reads }, [day, day])) {
    store(object, [name, share * part], quantities);
    quantities.reads[name] += share * part * readsOfDay;
    if (STORAGE_CLASSES[name].minimumDays > 0)
      quantities.retrievedGb[name] += (share * part * readsOfDay * object.bytes) / GB;
  }
}

/** Moves what is left at the beginning of a day. */
function move({ object, endings, stays }: Life, day: number, quantities: StorageQuantities): void {
  const stay = stays.find(({ since }) => since === day);
  if (!stay || stay.in === 'STANDARD') return;
  const share = at(endings.current, day - 1);
  quantities.transitions[stay.in] += share;
  leaveClass(object, { stay: stayOn(stays, day - 1), day, share }, quantities);
}

/** Stores for a day what has been deleted or expired, and is not removed yet. */
function keepNoncurrent({ object, endings, stays, reads }: Life, day: number, quantities: StorageQuantities): void {
  for (let endedOn = Math.max(1, day - endings.keptDays + 1); endedOn <= day; endedOn += 1) {
    const deleted = at(endings.deleted, endedOn);
    const share = (endedOn === day ? deleted / 2 : deleted) + at(endings.expired, endedOn);
    if (share === 0) continue;
    const stay = stayOn(stays, endedOn);
    for (const [name, part] of sharesByClass(stay, { bytes: object.bytes, reads }, [day, endedOn]))
      quantities.noncurrentGbMonths += store(object, [name, share * part], quantities);
  }
}

/** Removes for good what has been kept long enough: at the beginning of the day, or in its middle if users delete without versions. */
function remove({ object, endings, stays }: Life, day: number, quantities: StorageQuantities): void {
  const endedOn = day - endings.keptDays;
  const [deleted, expired, stay] = [at(endings.deleted, endedOn), at(endings.expired, endedOn), stayOn(stays, endedOn)];
  quantities.deletedGb += (deleted * object.bytes) / GB;
  quantities.expiredGb += (expired * object.bytes) / GB;
  leaveClass(object, { stay, day: endings.keptDays === 0 ? day + 0.5 : day, share: deleted }, quantities);
  leaveClass(object, { stay, day, share: expired }, quantities);
}

/** What leaves a class before its minimum days is billed for the rest of them: https://aws.amazon.com/s3/pricing/ (read 2026-11-30). */
function leaveClass(
  { bytes }: StoredObject,
  { stay, day, share }: { stay: Stay; day: number; share: number },
  quantities: StorageQuantities,
): void {
  if (stay.in === 'INTELLIGENT_TIERING') return;
  const { minimumDays, minimumBytes } = STORAGE_CLASSES[stay.in];
  const months = Math.max(0, minimumDays - (day - stay.since)) / DAYS_A_MONTH;
  quantities.earlyDeletedGbMonths[stay.in] += (share * months * Math.max(bytes, minimumBytes)) / GB;
}

function keepMarkers(markers: number, quantities: StorageQuantities): void {
  quantities.deleteMarkers += markers / DAYS_A_MONTH;
  quantities.byClass.STANDARD.gbMonths += (markers * MARKER_GB) / DAYS_A_MONTH;
}
