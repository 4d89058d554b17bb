import { ASCII, EXIF_POINTER } from '../../domain/formats/tiff-tags.ts';
import { upright, writeExif } from './exif-layout.ts';
import { irremovable } from './irremovable.ts';
import {
  entriesOf,
  firstOfEach,
  isInOrder,
  isText,
  overlap,
  type Range,
  readNumber,
  type TiffEntry,
  type TiffForm,
  tiffFormOf,
  valueRange,
} from './tiff-entries.ts';

/** Values that a tag may have to be kept. */
interface KeptValue {
  types: readonly number[];
  /** The most bytes of the value. */
  most: number;
}

/** The tags that are kept of a directory, ascending. */
type KeptTags = Readonly<Record<number, KeptValue>>;

const SHORT: KeptValue = { types: [3, 4], most: 4 };
const RATIO: KeptValue = { types: [5], most: 8 };
const TEXT: KeptValue = { types: [ASCII], most: 64 * 1024 };

/** Orientation, resolution and its unit, artist and copyright (CIPA DC-008-2023, 4.6.4). */
const IMAGE: KeptTags = { 274: SHORT, 282: RATIO, 283: RATIO, 296: SHORT, 315: TEXT, 33432: TEXT };
/** The colour space, in the directory of EXIF. */
const EXIF: KeptTags = { 40961: SHORT };

const POINTERS = { exif: EXIF_POINTER, gps: 0x8825, interoperability: 0xa005 } as const;

/** What stays of EXIF. */
export interface NeutralExif {
  /** As many bytes as there were; zeros if nothing stays. */
  bytes: Buffer;
  hadGps: boolean;
  /** The fields of its directories, each counted as often as it was read. */
  fields: number;
}

/** More fields than any program writes. Reading one takes up to 0.5 µs (measured), and nothing else happens meanwhile. */
const MOST_FIELDS = 20_000;

/** Whether nothing stays. */
export const isEmpty = (bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length));

/**
 * Writes EXIF anew, from its TIFF header on, with nothing in it but what says how the image is shown and whose it is. The rest of its bytes are
 * zeros. What cannot be read is not kept. With `isNeeded` an orientation is written where nothing else stays, for files that say that they have EXIF.
 */
export function neutralExif(exif: Buffer, isNeeded = false): NeutralExif {
  const form = tiffFormOf(exif);
  if (form?.layout.entryBytes !== 12) return { bytes: Buffer.alloc(exif.length), hadGps: false, fields: 0 };
  const directories = readDirectories(exif, form);
  const removed = directories.flatMap(({ table, entries, kept }) => [
    table,
    ...entries.filter((entry) => !keeps(kept, entry)).map(valueRange),
  ]);
  const values = (kept: KeptTags) =>
    directories
      .filter((directory) => directory.kept === kept)
      .flatMap(({ entries }) =>
        firstOfEach(entries).filter(
          (entry) => keeps(kept, entry) && isWhere(entries, entry) && isSound(entry, exif, removed),
        ),
      );
  const image = values(IMAGE);
  if (image.length === 0 && isNeeded) image.push(upright(form));
  const bytes = writeExif(exif, form, { image, exif: values(EXIF) });
  const hadGps = directories[0]?.entries.some(({ tag }) => tag === POINTERS.gps) ?? false;
  return { bytes, hadGps, fields: directories.reduce((sum, { entries }) => sum + entries.length, 0) };
}

const keeps = (kept: KeptTags, { tag, type, length }: TiffEntry): boolean => {
  const value = kept[tag];
  return value?.types.includes(type) === true && length > 0 && length <= value.most;
};

/** Numbers may stand in any order; of texts there are too many others. */
const isWhere = (entries: TiffEntry[], entry: TiffEntry): boolean => entry.type !== ASCII || isInOrder(entries, entry);

interface Directory {
  kept: KeptTags;
  table: Range;
  entries: TiffEntry[];
}

/** Reads the directories that EXIF has, each once, whatever leads to it. The first directory is the first. */
function readDirectories(exif: Buffer, form: TiffForm): Directory[] {
  const { isLittle } = form;
  const at = (place: number, length: number) => readNumber(exif, place, { isLittle, length });
  let fields = 0;
  const read = (start: number, kept: KeptTags): Directory & { next: number } => {
    const from = start + 2;
    const end = Math.min(exif.length, from + at(start, 2) * 12);
    const table = exif.subarray(from, start > 0 ? end : from);
    fields += table.length / form.layout.entryBytes;
    if (fields > MOST_FIELDS) throw irremovable(`its EXIF has more than ${MOST_FIELDS} fields`);
    const entries = entriesOf(table, from, form);
    return { kept, entries, table: { start, end: end + 4 }, next: at(end, 4) };
  };
  const below = ({ entries }: Directory, pointer: number, kept: KeptTags = {}) => {
    const found = entries.find(({ tag }) => tag === pointer);
    return found ? [read(at(found.at, 4), kept)] : [];
  };
  const image = read(at(4, 4), IMAGE);
  const [details] = below(image, POINTERS.exif, EXIF);
  return [
    image,
    ...(details ? [details, ...below(details, POINTERS.interoperability)] : []),
    ...below(image, POINTERS.gps),
    ...(image.next > 0 ? [read(image.next, {})] : []),
  ];
}

/** Whether a value is whole and apart from what is removed. A text that says that it is longer than it is would bring its neighbours with it. */
function isSound(entry: TiffEntry, exif: Buffer, removed: Range[]): boolean {
  const range = valueRange(entry);
  if (range.end > exif.length) return false;
  const isOutside = entry.length > 4;
  if (isOutside && removed.some((other) => overlap(range, other))) return false;
  return entry.type !== ASCII || isText(exif.subarray(range.start, range.end), exif[range.end]);
}
