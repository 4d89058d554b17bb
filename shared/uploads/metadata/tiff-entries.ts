import { BIG_LAYOUT, BIG_VERSION, CLASSIC_LAYOUT, TIFF_TYPE_BYTES } from '../../domain/formats/tiff-tags.ts';

/** The type of bytes that may be anything (TIFF 6.0, section 2). */
export const UNDEFINED = 7;

/** With those of offsets of directories, and those that BigTIFF adds. */
const TYPE_BYTES: Readonly<Record<number, number>> = { ...TIFF_TYPE_BYTES, 13: 4, 16: 8, 17: 8, 18: 8 };

/** The byte order of a TIFF or of EXIF, and where its directories have what. */
export interface TiffForm {
  isLittle: boolean;
  layout: typeof CLASSIC_LAYOUT | typeof BIG_LAYOUT;
}

/** An entry of a directory. */
export interface TiffEntry {
  tag: number;
  type: number;
  count: number;
  /** Bytes of its value; 0 if the type is not known. */
  length: number;
  /** Where its value begins. */
  at: number;
  /** The bytes of the entry itself. */
  bytes: Buffer;
}

/** A range of bytes; `end` is behind the last. */
export interface Range {
  start: number;
  end: number;
}

export const overlap = (a: Range, b: Range): boolean => a.start < b.end && b.start < a.end;

export const valueRange = ({ at, length }: TiffEntry): Range => ({ start: at, end: at + length });

const SIGNATURES: Record<string, TiffForm> = {
  '49492a00': { isLittle: true, layout: CLASSIC_LAYOUT },
  '4d4d002a': { isLittle: false, layout: CLASSIC_LAYOUT },
  [`4949${BIG_VERSION.toString(16)}00`]: { isLittle: true, layout: BIG_LAYOUT },
  [`4d4d00${BIG_VERSION.toString(16)}`]: { isLittle: false, layout: BIG_LAYOUT },
};

/** The form of a TIFF by its first bytes; undefined if they are not those of one. */
export const tiffFormOf = (head: Buffer): TiffForm | undefined => SIGNATURES[head.toString('hex', 0, 4)];

/** A number of 1, 2, 4 or 8 bytes; 0 behind the end. */
export function readNumber(
  bytes: Buffer,
  at: number,
  { isLittle, length }: { isLittle: boolean; length: number },
): number {
  if (at < 0 || at + length > bytes.length) return 0;
  if (length === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return isLittle ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
}

export function writeNumber(
  bytes: Buffer,
  at: number,
  value: number,
  { isLittle, length }: { isLittle: boolean; length: number },
): void {
  if (length === 8) {
    if (isLittle) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeBigUInt64BE(BigInt(value), at);
  } else if (isLittle) bytes.writeUIntLE(value, at, length);
  else bytes.writeUIntBE(value, at, length);
}

/** The entries of a directory, of whose file `table` has what follows the number of entries, from the offset `tableAt` on. */
export function entriesOf(table: Buffer, tableAt: number, { isLittle, layout }: TiffForm): TiffEntry[] {
  const { entryBytes, valueAt, offsetBytes } = layout;
  return Array.from({ length: Math.floor(table.length / entryBytes) }, (_, index) => {
    const start = index * entryBytes;
    const number = (at: number, length: number) => readNumber(table, start + at, { isLittle, length });
    const [tag, type, count] = [number(0, 2), number(2, 2), number(4, valueAt - 4)];
    const length = count * (TYPE_BYTES[type] ?? 0);
    const isInside = length <= entryBytes - valueAt;
    const at = isInside ? tableAt + start + valueAt : number(valueAt, offsetBytes);
    return { tag, type, count, length, at, bytes: table.subarray(start, start + entryBytes) };
  });
}

/** Whether an entry of a directory stands where its tag belongs, once: tags ascend (TIFF 6.0, section 2). One that does not may be another that is damaged. */
export function isInOrder(entries: readonly TiffEntry[], entry: TiffEntry): boolean {
  const at = entries.indexOf(entry);
  return (entries[at - 1]?.tag ?? -1) < entry.tag && entry.tag < (entries[at + 1]?.tag ?? Number.POSITIVE_INFINITY);
}

/** The first entry of each tag. Hostile files have thousands of the same, and all that is done with an entry takes its time. */
export function firstOfEach(entries: readonly TiffEntry[]): TiffEntry[] {
  const seen = new Set<number>();
  return entries.filter(({ tag }) => !seen.has(tag) && seen.add(tag));
}

/**
 * Whether a text is one, and all of one: photographer and editor, apart by a NUL (CIPA DC-008-2023, 4.6.4, Copyright), no control characters, and a NUL
 * or nothing where it ends. `next` is the byte behind it, undefined at the end: some programs do not count the NUL.
 */
export const isText = (bytes: Buffer, next: number | undefined): boolean =>
  (bytes.at(-1) === 0 || !next) &&
  bytes.every((byte) => byte >= 0x20 || byte === 0 || byte === 0x09 || byte === 0x0a || byte === 0x0d) &&
  bytes
    .toString('latin1')
    .split('\0')
    .filter((part) => part !== '').length <= 2;
