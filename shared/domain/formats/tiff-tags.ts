/** The type of texts (TIFF 6.0, section 2). */
export const ASCII = 2;

/** The tag of the pointer to the directory of EXIF (CIPA DC-008-2023, 4.6.3). */
export const EXIF_POINTER = 0x8769;

/** The most entries of a directory that libtiff reads. */
export const MOST_ENTRIES = 0xffff;

/** The sizes in bytes of the types of unsigned integers (TIFF 6.0, section 2; BigTIFF). */
const NUMBER_BYTES: Record<number, 1 | 2 | 4 | 8> = { 1: 1, 3: 2, 4: 4, 16: 8 };

/**
 * Places and sizes of fields in the two kinds of TIFF: the classic one (TIFF 6.0, section 2), which EXIF also is, and BigTIFF. `first` is where
 * the offset of the first directory is, `valueAt` where an entry has its value, if that fits.
 */
export const CLASSIC_LAYOUT = { first: 4, offsetBytes: 4, countBytes: 2, entryBytes: 12, valueAt: 8 } as const;
export const BIG_LAYOUT = { first: 8, offsetBytes: 8, countBytes: 8, entryBytes: 20, valueAt: 12 } as const;
export const BIG_VERSION = 43;

export const TIFF_TAGS = { width: 256, height: 257, orientation: 274 } as const;

type NumberReader = (at: number, length: 1 | 2 | 4 | 8) => number;

/** Reads numbers in the byte order of a TIFF; 0 after the end of the bytes. */
function readerOf(bytes: Buffer): NumberReader {
  const isLittle = bytes[0] === 0x49;
  return (at, length) => {
    if (at + length > bytes.length) return 0;
    if (length === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return isLittle ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };
}

/**
 * The values of the wanted tags in the first directory of a TIFF or of EXIF, for tags with one integer; undefined if the directory is not
 * within these bytes. If a tag occurs twice, the first counts, in whatever order tags come.
 */
export function readTiffTags(bytes: Buffer, wanted: readonly number[]): ReadonlyMap<number, number> | undefined {
  if (bytes.length < 8) return undefined;
  const number = readerOf(bytes);
  const { first, offsetBytes, countBytes, entryBytes, valueAt } =
    number(2, 2) === BIG_VERSION ? BIG_LAYOUT : CLASSIC_LAYOUT;
  const begin = number(first, offsetBytes);
  const from = begin + countBytes;
  const end = from + number(begin, countBytes) * entryBytes;
  if (begin === 0 || end > bytes.length) return undefined;
  const told = new Map<number, number>();
  for (let at = from; at < end; at += entryBytes) {
    const [tag, width] = [number(at, 2), NUMBER_BYTES[number(at + 2, 2)]];
    if (width && wanted.includes(tag) && !told.has(tag)) told.set(tag, number(at + valueAt, width));
  }
  return told;
}

/** The orientation (CIPA DC-008, tag 0x0112) in EXIF; 1 if there is none. */
export const exifOrientation = (exif: Buffer): number =>
  readTiffTags(exif, [TIFF_TAGS.orientation])?.get(TIFF_TAGS.orientation) ?? 1;

/** Whether width and height are exchanged when an image with this orientation is shown upright. */
export const isOnItsSide = (orientation: number): boolean => orientation >= 5 && orientation <= 8;

/** The bytes of a value of each type that an EXIF or a classic TIFF has, by its number (TIFF 6.0, section 2). */
export const TIFF_TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
};
