import { ASCII } from '../../domain/formats/tiff-tags.ts';
import type { RemovedMetadata } from '../../domain/removed-metadata.ts';
import { type TiffEntry, UNDEFINED } from './tiff-entries.ts';

/** Tags with a meaning of their own (TIFF 6.0; Supplement 1; CIPA DC-008). */
export const TAGS = {
  compression: 259,
  stripOffsets: 273,
  artist: 315,
  tileOffsets: 324,
  stripBytes: 279,
  tileBytes: 325,
  subDirectories: 330,
  jpegTables: 347,
  copyright: 33432,
  exif: 34665,
  profile: 34675,
  gps: 34853,
  colourSpace: 40961,
} as const;

/**
 * Tags of numbers that say how pixels are stored and shown: those of TIFF 6.0 and its supplements, without texts and dates, and those of LERC
 * and of SGI, which libtiff reads (https://libtiff.gitlab.io/libtiff/).
 */
const NUMBERS = new Set([
  254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 286, 287,
  290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 330, 332, 334, 336,
  338, 339, 340, 341, 342, 346, 529, 530, 531, 532, 32995, 32996, 32997, 32998, 37439, 50674,
]);

/** Where pixels and directories are: as many numbers as there are of them. */
const PLACES = new Set([273, 279, 324, 325, 330]);
/** Gray response, transfer functions and colours: at most three tables of 65,536 numbers of two bytes. All others have one for each channel. */
const TABLES = new Set([291, 301, 320]);
const MOST_NUMBERS_BYTES = 3 * 2 * 64 * 1024;
const MOST_NUMBER_BYTES = 64;
const MOST_TABLE_BYTES = 64 * 1024;

/** Whether an entry of an image's directory may stay, as far as the entry itself tells. */
export function mayStay({ tag, type, length }: TiffEntry): boolean {
  if (length === 0) return false;
  if (tag === TAGS.artist || tag === TAGS.copyright) return type === ASCII && length <= MOST_TABLE_BYTES;
  if (tag === TAGS.jpegTables) return type === UNDEFINED && length <= MOST_TABLE_BYTES;
  if (tag === TAGS.profile) return type === UNDEFINED || type === 1;
  if (tag === TAGS.exif) return [4, 13, 16, 18].includes(type) && length <= 8;
  if (!NUMBERS.has(tag) || type === ASCII || type === UNDEFINED) return false;
  return PLACES.has(tag) || length <= (TABLES.has(tag) ? MOST_NUMBERS_BYTES : MOST_NUMBER_BYTES);
}

/** Kinds of tags that are removed; all others are `exif`, whose tags these are too. */
const KINDS: Record<number, RemovedMetadata> = {
  700: 'xmp',
  33723: 'iptc',
  34377: 'iptc',
  [TAGS.gps]: 'gps',
  // GeoTIFF: where on earth the pixels are.
  33550: 'gps',
  33922: 'gps',
  34264: 'gps',
  34735: 'gps',
  34736: 'gps',
  34737: 'gps',
};

export const kindOfTag = (tag: number): RemovedMetadata => KINDS[tag] ?? 'exif';
