import { ASCII } from '../../domain/formats/tiff-tags.ts';
import { irremovable } from './irremovable.ts';
import { openReader, type RandomAccess } from './random-access.ts';
import { openRemovalPlan, type Patch } from './removal-plan.ts';
import {
  type Directory,
  dropDirectory,
  dropValue,
  isOutside,
  MOST_DIRECTORIES,
  numberIn,
  type Reading,
  readDirectory,
  rewriteDirectory,
} from './tiff-directories.ts';
import { firstOfEach, isInOrder, isText, readNumber, type TiffEntry, tiffFormOf, valueRange } from './tiff-entries.ts';
import { mayStay, TAGS } from './tiff-kept-tags.ts';
import { openWork, type Work } from './work.ts';

/** Strips or tiles of one directory. */
const MOST_PLACES = 400_000;
/** Offsets and lengths of strips, which may have few bytes each. */
const NUMBERS_PER_PART = 4;
/** Bytes of texts that are looked at in the time of a part: directories may share them. */
const TEXT_BYTES = 64;
/** JPEG as TIFF 6.0 has it, which no program writes: its tables lie anywhere. */
const OLD_JPEG = 6;

/**
 * Plans what of a TIFF becomes zeros: everything but its directories, which keep the tags that decoders need, the resolution, artist and
 * copyright, and but the values of these tags, the pixels, and the colour space of EXIF. So nothing is left that no directory names.
 */
export async function planTiff(file: RandomAccess, work: Work = openWork()): Promise<Patch[]> {
  const read = openReader(file, work);
  const form = tiffFormOf(await read(0, 4));
  if (!form) throw irremovable('it is no TIFF');
  const { first, offsetBytes } = form.layout;
  const plan = openRemovalPlan(file.size);
  const reading = { read, form, plan, size: file.size, work, seen: new Set<number>() };
  plan.keep({ start: 0, end: first + offsetBytes });
  const places = [numberIn(await read(first, offsetBytes), form)];
  for (let place = places.shift(); place !== undefined; place = places.shift())
    if (place !== 0) places.push(...(await planDirectory(reading, place)));
  return plan.patches();
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
  if (below && below.count > MOST_DIRECTORIES) throw irremovable(`it has more than ${MOST_DIRECTORIES} directories`);
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
    if (length < 4 || tables.readUInt16BE(0) !== 0xffd8 || tables.readUInt16BE(length - 2) !== 0xffd9) return false;
  }
  if (isOutside(reading, entry)) plan.keep(valueRange(entry));
  return true;
}

async function isWholeText({ read, size, work }: Reading, { at, length }: TiffEntry): Promise<boolean> {
  work.countParts(size, length / TEXT_BYTES);
  const bytes = await read(at, Math.min(length + 1, size - at));
  return isText(bytes.subarray(0, length), bytes[length]);
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

async function readNumbers({ read, form, size, work }: Reading, { at, count, length }: TiffEntry): Promise<number[]> {
  if (count > MOST_PLACES) throw irremovable(`it has more than ${MOST_PLACES} strips or tiles`);
  work.countParts(size, count / NUMBERS_PER_PART);
  work.spend(count);
  const bytes = await read(at, length);
  const each = length / count;
  return Array.from({ length: count }, (_, index) =>
    readNumber(bytes, index * each, { isLittle: form.isLittle, length: each }),
  );
}
