import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { irremovable } from './irremovable.ts';
import type { ReadAt } from './random-access.ts';
import type { RemovalPlan } from './removal-plan.ts';
import { entriesOf, readNumber, type TiffEntry, type TiffForm, valueRange, writeNumber } from './tiff-entries.ts';
import { kindOfTag, TAGS } from './tiff-kept-tags.ts';
import type { Work } from './work.ts';

/** Directories that are read: pages, and what they refer to. */
export const MOST_DIRECTORIES = 2000;

/** What it takes to read an entry and to plan what becomes of it: 1 µs (measured). */
const STEPS_PER_ENTRY = 2;

/** More entries than any program writes in a directory. They are gone through at once. */
const MOST_ENTRIES = 20_000;

export interface Reading {
  read: ReadAt;
  form: TiffForm;
  plan: RemovalPlan;
  size: number;
  work: Work;
  /** Offsets of directories that have been read. */
  seen: Set<number>;
}

export const numberIn = (bytes: Buffer, { isLittle }: TiffForm): number =>
  readNumber(bytes, 0, { isLittle, length: bytes.length });

export interface Directory {
  at: number;
  entries: TiffEntry[];
  /** The offset of the next one. */
  next: number;
}

export async function readDirectory({ read, form, seen, size, work }: Reading, at: number): Promise<Directory> {
  if (seen.has(at)) throw irremovable('one of its directories is referred to twice');
  seen.add(at);
  if (seen.size > MOST_DIRECTORIES) throw irremovable(`it has more than ${MOST_DIRECTORIES} directories`);
  const { countBytes, entryBytes, offsetBytes } = form.layout;
  const count = numberIn(await read(at, countBytes), form);
  if (count > MOST_ENTRIES) throw irremovable(`one of its directories has more than ${MOST_ENTRIES} entries`);
  work.countParts(size, count);
  work.spend(STEPS_PER_ENTRY * count);
  const tableAt = at + countBytes;
  const table = await read(tableAt, count * entryBytes + offsetBytes);
  const entries = entriesOf(table.subarray(0, count * entryBytes), tableAt, form);
  return { at, entries, next: numberIn(table.subarray(count * entryBytes), form) };
}

export const isOutside = ({ form: { layout } }: Reading, { length }: TiffEntry): boolean =>
  length > layout.entryBytes - layout.valueAt;

/** Drops the value of an entry, and of GPS the directory that it is. */
export async function dropValue(reading: Reading, entry: TiffEntry): Promise<void> {
  const { tag, at, length } = entry;
  if (isOutside(reading, entry)) reading.plan.drop(valueRange(entry), kindOfTag(tag));
  else if (tag === TAGS.gps && length > 0) {
    const directory = await readDirectory(reading, numberIn(await reading.read(at, length), reading.form));
    await dropDirectory(reading, directory, 'gps');
  }
}

export async function dropDirectory(reading: Reading, directory: Directory, kind: RemovedMetadata): Promise<void> {
  const { layout } = reading.form;
  const length = layout.countBytes + directory.entries.length * layout.entryBytes + layout.offsetBytes;
  reading.plan.drop({ start: directory.at, end: directory.at + length }, kind);
  for (const entry of directory.entries) if (isOutside(reading, entry)) reading.plan.drop(valueRange(entry), kind);
}

/** Writes a directory with fewer entries at the same place. */
export function rewriteDirectory({ form, plan }: Reading, { at, entries, next }: Directory, stay: TiffEntry[]): void {
  const { isLittle, layout } = form;
  const { countBytes, entryBytes, offsetBytes } = layout;
  const bytes = Buffer.alloc(countBytes + entries.length * entryBytes + offsetBytes);
  writeNumber(bytes, 0, stay.length, { isLittle, length: countBytes });
  for (const [index, entry] of stay.entries()) entry.bytes.copy(bytes, countBytes + index * entryBytes);
  writeNumber(bytes, countBytes + stay.length * entryBytes, next, { isLittle, length: offsetBytes });
  const staying = new Set(stay);
  const kinds = entries.filter((entry) => !staying.has(entry)).map(({ tag }) => kindOfTag(tag));
  plan.rewrite(at, bytes, ...new Set(kinds));
}
