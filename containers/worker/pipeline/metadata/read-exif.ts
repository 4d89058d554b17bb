import { CLASSIC_LAYOUT, EXIF_POINTER, TIFF_TYPE_BYTES } from '../../../../shared/domain/formats/tiff-tags.ts';

/** One field of EXIF as it is stored. `bytes` is cut where the file ends or the maximum is reached. */
export interface ExifField {
  tag: number;
  /** TIFF 6.0, section 2: 2 is ASCII, 7 anything. */
  type: number;
  bytes: Buffer;
  /** Whether `bytes` has the whole value. */
  isWhole: boolean;
}

/** The fields of the directories that are read. */
export interface ExifDirectories {
  isLittleEndian: boolean;
  image: ExifField[];
  exif: ExifField[];
  gps: ExifField[];
}

/** A reader of the numbers of one file, in its byte order; 0 behind its end. */
interface Numbers {
  bytes: Buffer;
  short(at: number): number;
  long(at: number): number;
}

/** EXIF names under a hundred tags for each of these directories (CIPA DC-008-2023, 4.6). */
const MOST_FIELDS = 256;

export const ENTRY_BYTES = CLASSIC_LAYOUT.entryBytes;

const GPS_POINTER = 0x8825;

const PREFIX = Buffer.from('Exif\0\0', 'latin1');

/**
 * Reads what is wanted of EXIF in the time that its named tags take, whatever its counts and offsets say: three directories that are
 * followed once each, with so many fields at most and so many bytes of each. Undefined where it is no EXIF.
 */
export function readExif(
  exif: Buffer,
  maxBytes: number,
  isWanted: { [Name in 'image' | 'exif' | 'gps']?: (tag: number) => boolean },
): ExifDirectories | undefined {
  const bytes = exif.subarray(0, PREFIX.length).equals(PREFIX) ? exif.subarray(PREFIX.length) : exif;
  const order = bytes.subarray(0, 4).toString('latin1');
  const isLittleEndian = order === 'II*\0';
  if (!isLittleEndian && order !== 'MM\0*') return undefined;
  const numbers = numbersOf(bytes, isLittleEndian);
  const directoryAt = (at: number, isNamed: (tag: number) => boolean) =>
    readDirectory(numbers, at, { maxBytes, isNamed });
  const { image: wantsImage = never, exif: wantsExif = never, gps: wantsGps = never } = isWanted;
  const isPointer = (tag: number) => tag === EXIF_POINTER || tag === GPS_POINTER;
  const fields = directoryAt(numbers.long(4), (tag) => wantsImage(tag) || isPointer(tag));
  const below = (pointer: number, isNamed: (tag: number) => boolean) => {
    const field = fields.find(({ tag }) => tag === pointer);
    return field && field.bytes.length >= 4 ? directoryAt(numbersOf(field.bytes, isLittleEndian).long(0), isNamed) : [];
  };
  const image = fields.filter(({ tag }) => !isPointer(tag));
  return { isLittleEndian, image, exif: below(EXIF_POINTER, wantsExif), gps: below(GPS_POINTER, wantsGps) };
}

const never = () => false;

function numbersOf(bytes: Buffer, isLittleEndian: boolean): Numbers {
  const has = (at: number, count: number) => at >= 0 && at + count <= bytes.length;
  return {
    bytes,
    short: (at) => (has(at, 2) ? (isLittleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)) : 0),
    long: (at) => (has(at, 4) ? (isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) : 0),
  };
}

function readDirectory(
  { bytes, short, long }: Numbers,
  start: number,
  { maxBytes, isNamed }: { maxBytes: number; isNamed: (tag: number) => boolean },
): ExifField[] {
  const found = new Map<number, ExifField>();
  const room = Math.floor((bytes.length - start - 2) / ENTRY_BYTES);
  const count = Math.min(short(start), Math.max(0, room), MOST_FIELDS);
  for (let entry = 0; entry < count; entry += 1) {
    const at = start + 2 + entry * ENTRY_BYTES;
    const [tag, type] = [short(at), short(at + 2)];
    const declaredBytes = long(at + 4) * (TIFF_TYPE_BYTES[type] ?? 0);
    if (declaredBytes === 0 || !isNamed(tag) || found.has(tag)) continue;
    const from = declaredBytes <= 4 ? at + 8 : long(at + 8);
    const value = bytes.subarray(from, from + Math.min(declaredBytes, maxBytes));
    found.set(tag, { tag, type, bytes: value, isWhole: value.length === declaredBytes });
  }
  return [...found.values()];
}
