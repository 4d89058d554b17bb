import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import { refuseRawFile } from '../../../../../shared/domain/formats/raw-files.ts';
import {
  BIG_LAYOUT,
  BIG_VERSION,
  CLASSIC_LAYOUT,
  MOST_ENTRIES,
} from '../../../../../shared/domain/formats/tiff-tags.ts';
import type { Decoded } from '../../../../../shared/domain/original.ts';
import type { Warning } from '../../../../../shared/domain/warnings.ts';
import type { FileWindow } from '../file-window.ts';
import { openPartCounter } from '../part-counter.ts';
import { judgeTiffKind, KIND_TAGS } from './tiff-kind.ts';

/** Bytes of the types of numbers that libtiff takes sides from, whole ones with or without a sign: of 8, 16, 32 and 64 bits. */
const NUMBER_BYTES: Record<number, number> = { 1: 1, 6: 1, 3: 2, 8: 2, 4: 4, 9: 4, 16: 8, 17: 8 };

/** Bytes of the other types: ratios and floating points (TIFF 6.0, section 2), and places of 64 bits. */
const OTHER_BYTES: Record<number, number> = { 2: 1, 5: 8, 7: 1, 10: 8, 11: 4, 12: 8, 13: 4, 18: 8 };

/** Where strips and tiles are, and how long: as many as a large image has. */
const PLACES = [273, 279, 324, 325];

/** Without these there are no pixels: the places, and tables that strips of JPEG share. */
const NEEDED = [...PLACES, 347];

/** How many bytes strips and tiles have. */
const LENGTHS = [279, 325];

/** Bytes that no pixel has, of as many channels and bits as there are. */
const MOST_PIXEL_BYTES = 64;

/** Numbers of an array that are read at a time. */
const NUMBERS_READ = 4096;

/** The sides of the image and of its tiles (TIFF 6.0, sections 8 and 15). */
const SIDES = { width: 256, height: 257, tileWidth: 322, tileHeight: 323 };

const KINDS: readonly number[] = Object.values(KIND_TAGS);

/**
 * Goes along the chain of directories, each with the offset of the next behind its entries; one that comes back to itself has no end.
 * Returns the pixels decoded for the first directory, the image: tiles are decoded whole however little of them lies within it. Returns where its data end if
 * that is behind the end of the file, and gives fields of unknown types one, as libtiff takes those of tags that it does not know for damage.
 */
export async function walkTiff(window: FileWindow): Promise<TiffFacts> {
  await refuseRawFile(window.bytes);
  const count = openPartCounter('tiffDirectories');
  const addFields = openPartCounter('tiffFieldBytes');
  const isLittle = (await window.bytes(0, 1))[0] === 0x49;
  const numberIn = (bytes: Buffer): number => {
    if (bytes.length === 2) return isLittle ? bytes.readUInt16LE(0) : bytes.readUInt16BE(0);
    if (bytes.length === 4) return isLittle ? bytes.readUInt32LE(0) : bytes.readUInt32BE(0);
    return isLittle
      ? bytes.reduceRight((value, byte) => value * 256 + byte, 0)
      : bytes.reduce((value, byte) => value * 256 + byte, 0);
  };
  const number = async (at: number, length: number): Promise<number> => {
    const bytes = await window.bytes(at, length);
    return bytes.length < length ? 0 : numberIn(bytes);
  };
  const layout = (await number(2, 2)) === BIG_VERSION ? BIG_LAYOUT : CLASSIC_LAYOUT;
  const { first, offsetBytes, countBytes, entryBytes, valueAt } = layout;
  /** Bytes of all strips or tiles together, each no longer than the file: libtiff reads as many, whether it needs them or not. */
  const lengthOf = async (entryAt: number): Promise<number> => {
    const bytesEach = NUMBER_BYTES[await number(entryAt + 2, 2)] ?? 0;
    const values = await number(entryAt + 4, valueAt - 4);
    if (bytesEach === 0) return 0;
    const isInside = values * bytesEach <= entryBytes - valueAt;
    const begin = isInside ? entryAt + valueAt : await number(entryAt + valueAt, offsetBytes);
    let sum = 0;
    for (let at = begin, left = values; left > 0 && at < window.fileSize; ) {
      const bytes = await window.bytes(at, Math.min(left, NUMBERS_READ) * bytesEach);
      const numbers = Math.floor(bytes.length / bytesEach);
      if (numbers === 0) break;
      for (let index = 0; index < numbers; index += 1)
        sum += Math.min(window.fileSize, numberIn(bytes.subarray(index * bytesEach, (index + 1) * bytesEach)));
      at += numbers * bytesEach;
      left -= numbers;
    }
    return sum;
  };
  let stored = 0;
  let furthest = 0;
  const unknown: number[] = [];
  /** The values of a directory's entries by tag; for a tag that occurs twice, the larger value. */
  const readTags = async (from: number, end: number): Promise<Map<number, number>> => {
    const tags = new Map<number, number>();
    for (let at = from; at < end; at += entryBytes) {
      const entry = await window.bytes(at, entryBytes);
      const tag = numberIn(entry.subarray(0, 2));
      const type = numberIn(entry.subarray(2, 4));
      const bytesEach = NUMBER_BYTES[type] ?? 1;
      const values = numberIn(entry.subarray(4, valueAt));
      const place = numberIn(entry.subarray(valueAt, valueAt + offsetBytes));
      const inside = numberIn(entry.subarray(valueAt, valueAt + bytesEach));
      // The entry may leave the window when other bytes are read.
      if (LENGTHS.includes(tag)) stored += await lengthOf(at);
      // libtiff reads no value that is longer than the file.
      if (!PLACES.includes(tag))
        addFields(Math.min(window.fileSize, values * (NUMBER_BYTES[type] ?? OTHER_BYTES[type] ?? 0)));
      if (!NUMBER_BYTES[type] && !OTHER_BYTES[type]) unknown.push(at);
      // The first of several numbers is enough to know the kind of the pixels.
      const isBehind = KINDS.includes(tag) && values * bytesEach > entryBytes - valueAt;
      const value = isBehind ? await number(place, bytesEach) : inside;
      if (NEEDED.includes(tag) && values * bytesEach > entryBytes - valueAt)
        furthest = Math.max(furthest, place + values * bytesEach);
      if (KINDS.includes(tag) && !NUMBER_BYTES[type]) continue;
      tags.set(tag, Math.max(value, tags.get(tag) ?? 0));
    }
    return tags;
  };
  const begin = await number(first, offsetBytes);
  for (let at = begin; at > 0 && at < window.fileSize; ) {
    count();
    const next = at + countBytes + (await number(at, countBytes)) * entryBytes;
    at = next < window.fileSize ? await number(next, offsetBytes) : 0;
  }
  const entries = Math.min(MOST_ENTRIES, await number(begin, countBytes));
  const from = begin + countBytes;
  const end = from + entries * entryBytes;
  const tags = await readTags(from, Math.min(end, window.fileSize));
  const cutEnd = [end, furthest].find((each) => each > window.fileSize);
  const warnings = cutEnd === undefined ? judgeTiffKind(tags) : [];
  const decoded = decodedOf(tags);
  checkStored(stored, { fileSize: window.fileSize, pixels: decoded?.pixels ?? pixelsOf(tags) });
  const retype = (file: Buffer): Buffer => {
    for (const at of unknown) file.fill(UNDEFINED_BYTE[isLittle ? 'little' : 'big'][entryBytes], at + 2, at + valueAt);
    return file;
  };
  return {
    ...(cutEnd && { end: cutEnd }),
    ...(decoded && { decoded }),
    ...(warnings.length > 0 && { warnings }),
    ...(unknown.length > 0 && { rewrite: retype }),
  };
}

/** Facts that the directories of a TIFF show. */
interface TiffFacts {
  end?: number;
  decoded?: Decoded;
  warnings?: Warning[];
  rewrite?: (file: Buffer) => Buffer;
}

/** The type and the count of one byte of no meaning, which an entry has in itself (TIFF 6.0, section 2). */
const UNDEFINED_BYTE = {
  little: { 12: Buffer.from('070001000000', 'hex'), 20: Buffer.from('07000100000000000000', 'hex') },
  big: { 12: Buffer.from('000700000001', 'hex'), 20: Buffer.from('00070000000000000001', 'hex') },
};

const pixelsOf = (tags: ReadonlyMap<number, number>): number =>
  (tags.get(SIDES.width) ?? 0) * (tags.get(SIDES.height) ?? 0);

/**
 * Strips and tiles may be the same bytes, as empty ones are. But those that say that they have more than their pixels can need are read all the same:
 * a million of one pixel and a megabyte each take a minute (measured).
 */
function checkStored(stored: number, { fileSize, pixels }: { fileSize: number; pixels: number }): void {
  const limit = fileSize + pixels * MOST_PIXEL_BYTES;
  if (stored <= limit) return;
  const detail = `The strips or tiles of the image say that they have ${stored} bytes together; its pixels need no more than ${limit}.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual: stored, unit: 'bytes' });
}

/** The pixels of a tiled image, tiles beyond its edges included; undefined for strips, which have no more pixels than the image. */
function decodedOf(tags: ReadonlyMap<number, number>): Decoded | undefined {
  const [width, height, tileWidth, tileHeight] = Object.values(SIDES).map((tag) => tags.get(tag) ?? 0);
  if (!width || !height || !tileWidth || !tileHeight) return undefined;
  const wholeWidth = Math.ceil(width / tileWidth) * tileWidth;
  const pixels = wholeWidth * Math.ceil(height / tileHeight) * tileHeight;
  // libvips holds a row of tiles.
  return { pixels: Math.min(pixels, Number.MAX_SAFE_INTEGER), mostPixels: wholeWidth * tileHeight, bytes: 0 };
}
