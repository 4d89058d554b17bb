import { ASCII, MOST_ENTRIES } from '../../domain/formats/tiff-tags.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { irremovable } from './irremovable.ts';
import { openReader, type RandomAccess, type ReadAt } from './random-access.ts';
import { openRemovalPlan, type Patch, type RemovalPlan } from './removal-plan.ts';
import {
  entriesOf,
  firstOfEach,
  isInOrder,
  isText,
  readNumber,
  type TiffEntry,
  type TiffForm,
  tiffFormOf,
  valueRange,
  writeNumber,
} from './tiff-entries.ts';
import { kindOfTag, mayStay, TAGS } from './tiff-kept-tags.ts';

/** Directories that are read: pages, and what they refer to. */
const MOST_DIRECTORIES = 2000;
/** Strips or tiles of one directory. */
const MOST_PLACES = 400_000;
/** JPEG as TIFF 6.0 has it, which no program writes: its tables lie anywhere. */
const OLD_JPEG = 6;

interface Reading {
  read: ReadAt;
  form: TiffForm;
  plan: RemovalPlan;
  size: number;
  /** Offsets of directories that have been read. */
  seen: Set<number>;
}

/**
 * Plans what of a TIFF becomes zeros: everything but its directories, which keep the tags that decoders need, the resolution, artist and
 * copyright, and but the values of these tags, the pixels, and the colour space of EXIF. So nothing is left that no directory names.
 */
export async function planTiff(file: RandomAccess): Promise<Patch[]> {
  const read = openReader(file);
  const form = tiffFormOf(await read(0, 4));
  if (!form) throw irremovable('it is no TIFF');
  const { first, offsetBytes } = form.layout;
  const plan = openRemovalPlan(file.size);
  const reading = { read, form, plan, size: file.size, seen: new Set<number>() };
  plan.keep({ start: 0, end: first + offsetBytes });
  const places = [numberIn(await read(first, offsetBytes), form)];
  for (let place = places.shift(); place !== undefined; place = places.shift())
    if (place !== 0) places.push(...(await planDirectory(reading, place)));
  return plan.patches();
}

const numberIn = (bytes: Buffer, { isLittle }: TiffForm): number =>
  readNumber(bytes, 0, { isLittle, length: bytes.length });

interface Directory {
  at: number;
  entries: TiffEntry[];
  /** The offset of the next one. */
  next: number;
}

async function readDirectory({ read, form, seen }: Reading, at: number): Promise<Directory> {
  if (seen.has(at)) throw irremovable('one of its directories is referred to twice');
  seen.add(at);
  if (seen.size > MOST_DIRECTORIES) throw irremovable(`it has more than ${MOST_DIRECTORIES} directories`);
  const { countBytes, entryBytes, offsetBytes } = form.layout;
  const count = numberIn(await read(at, countBytes), form);
  if (count > MOST_ENTRIES) throw irremovable('one of its directories has more entries than a directory may have');
  const tableAt = at + countBytes;
  const table = await read(tableAt, count * entryBytes + offsetBytes);
  const entries = entriesOf(table.subarray(0, count * entryBytes), tableAt, form);
  return { at, entries, next: numberIn(table.subarray(count * entryBytes), form) };
}

/** Plans the directory of an image; answers where the ones are that it refers to. */
async function planDirectory(reading: Reading, at: number): Promise<number[]> {
  const directory = await readDirectory(reading, at);
  const stay: TiffEntry[] = [];
  const first = new Set(firstOfEach(directory.entries));
  for (const entry of directory.entries) {
    const isWanted = first.has(entry) && mayStay(entry) && (await isSound(reading, directory, entry));
    if (isWanted) stay.push(entry);
    else await dropValue(reading, entry);
  }
  await keepPixels(reading, stay);
  rewriteDirectory(reading, directory, stay);
  const below = stay.find(({ tag }) => tag === TAGS.subDirectories);
  return [...(below ? await readNumbers(reading, below) : []), directory.next];
}

/** Whether the value of an entry is what its tag says; keeps it if so. */
async function isSound(reading: Reading, { entries }: Directory, entry: TiffEntry): Promise<boolean> {
  const { read, plan } = reading;
  const { tag, type, at, length } = entry;
  if (tag === TAGS.exif) return planExif(reading, entry);
  if (tag === TAGS.compression && numberIn(await read(at, 2), reading.form) === OLD_JPEG)
    throw irremovable('it has JPEG in the form of 1992');
  if (tag === TAGS.profile) {
    const head = await read(at, Math.min(length, 40));
    const own = head.length < 40 || head.toString('latin1', 36) !== 'acsp' ? 0 : head.readUInt32BE(0);
    plan.keep({ start: at, end: at + Math.min(own, length) });
    return own > 0;
  }
  if (type === ASCII && !(isInOrder(entries, entry) && (await isWholeText(reading, entry)))) return false;
  if (tag === TAGS.jpegTables) {
    const tables = await read(at, length);
    if (tables.readUInt16BE(0) !== 0xffd8 || tables.readUInt16BE(length - 2) !== 0xffd9) return false;
  }
  if (isOutside(reading, entry)) plan.keep(valueRange(entry));
  return true;
}

async function isWholeText({ read, size }: Reading, { at, length }: TiffEntry): Promise<boolean> {
  const bytes = await read(at, Math.min(length + 1, size - at));
  return isText(bytes.subarray(0, length), bytes[length]);
}

const isOutside = ({ form: { layout } }: Reading, { length }: TiffEntry): boolean =>
  length > layout.entryBytes - layout.valueAt;

/** Drops the value of an entry, and of GPS the directory that it is. */
async function dropValue(reading: Reading, entry: TiffEntry): Promise<void> {
  const { tag, at, length } = entry;
  if (isOutside(reading, entry)) reading.plan.drop(valueRange(entry), kindOfTag(tag));
  else if (tag === TAGS.gps && length > 0) {
    const directory = await readDirectory(reading, numberIn(await reading.read(at, length), reading.form));
    await dropDirectory(reading, directory, 'gps');
  }
}

async function dropDirectory(reading: Reading, directory: Directory, kind: RemovedMetadata): Promise<void> {
  const { layout } = reading.form;
  const length = layout.countBytes + directory.entries.length * layout.entryBytes + layout.offsetBytes;
  reading.plan.drop({ start: directory.at, end: directory.at + length }, kind);
  for (const entry of directory.entries) if (isOutside(reading, entry)) reading.plan.drop(valueRange(entry), kind);
}

/** Plans the directory of EXIF, of which the colour space stays; answers whether it has one. */
async function planExif(reading: Reading, pointer: TiffEntry): Promise<boolean> {
  const directory = await readDirectory(
    reading,
    numberIn(await reading.read(pointer.at, pointer.length), reading.form),
  );
  const stay = firstOfEach(directory.entries).filter(
    ({ tag, type, count }) => tag === TAGS.colourSpace && type === 3 && count === 1,
  );
  if (stay.length === 0) await dropDirectory(reading, directory, 'exif');
  else {
    for (const entry of directory.entries) if (!stay.includes(entry)) await dropValue(reading, entry);
    rewriteDirectory(reading, { ...directory, next: 0 }, stay);
  }
  return stay.length > 0;
}

/** Writes a directory with fewer entries at the same place. */
function rewriteDirectory({ form, plan }: Reading, { at, entries, next }: Directory, stay: TiffEntry[]): void {
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

/** Keeps strips or tiles. */
async function keepPixels(reading: Reading, stay: TiffEntry[]): Promise<void> {
  for (const [offsets, lengths] of [
    [TAGS.stripOffsets, TAGS.stripBytes],
    [TAGS.tileOffsets, TAGS.tileBytes],
  ]) {
    const [places, bytes] = [stay.find(({ tag }) => tag === offsets), stay.find(({ tag }) => tag === lengths)];
    if (!places && !bytes) continue;
    if (!places || !bytes || places.count !== bytes.count)
      throw irremovable('it does not say how long its strips or tiles are');
    const [starts, lengthsOf] = [await readNumbers(reading, places), await readNumbers(reading, bytes)];
    for (const [index, start] of starts.entries()) reading.plan.keep({ start, end: start + (lengthsOf[index] ?? 0) });
  }
}

async function readNumbers({ read, form }: Reading, { at, count, length }: TiffEntry): Promise<number[]> {
  if (count > MOST_PLACES) throw irremovable(`it has more than ${MOST_PLACES} strips or tiles`);
  const bytes = await read(at, length);
  const each = length / count;
  return Array.from({ length: count }, (_, index) =>
    readNumber(bytes, index * each, { isLittle: form.isLittle, length: each }),
  );
}
