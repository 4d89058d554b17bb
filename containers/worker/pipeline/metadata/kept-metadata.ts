import type { Output } from '../../../../shared/domain/commands.ts';
import { ASCII } from '../../../../shared/domain/formats/tiff-tags.ts';
import type { Source } from '../source/read-source.ts';
import { COPYRIGHT_TAGS, type Copyright } from './copyright.ts';
import { decodeExifText } from './exif-contents.ts';
import { type ExifField, readExif } from './read-exif.ts';
import { uprightXmp } from './upright-xmp.ts';

/**
 * What `metadata: keep` keeps: fields of EXIF that the standard names, their texts in UTF-8, and XMP. Never an orientation, which is applied by then, nor a picture in them, which would show what the
 * commands have cut off or made unrecognisable: no thumbnail, no preview, no maker note, and no value that is large enough for one.
 */
export interface KeptMetadata {
  exif?: Buffer;
  xmp?: Buffer;
}

/** The most bytes of an EXIF field or of a value in XMP: every thumbnail of a camera is larger. */
const MOST_VALUE_BYTES = 2048;

/** The most bytes of XMP: one segment of a JPEG holds no more either. */
const MOST_XMP_BYTES = 64 * 1024 - 64;

type Range = [from: number, to: number];

/**
 * Fields of CIPA DC-008-2023, 4.6.4 to 4.6.6, without those that lead to pixels, to other directories or to a maker's own bytes, and without
 * the orientation, because results are upright. 0x9c9b to 0x9c9f are the texts of Windows, 0x4746 is its rating.
 */
const IMAGE_FIELDS: Range[] = [
  [0x010e, 0x0110],
  [0x011a, 0x011b],
  [0x0128, 0x0128],
  [0x0131, 0x0132],
  [0x013b, 0x013f],
  [0x4746, 0x4746],
  [0x8298, 0x8298],
  [0x9c9b, 0x9c9f],
];
const EXIF_FIELDS: Range[] = [
  [0x829a, 0x829d],
  [0x8822, 0x8827],
  [0x882a, 0x8835],
  [0x9000, 0x9012],
  [0x9201, 0x9214],
  [0x9286, 0x9292],
  [0x9400, 0x9405],
  [0xa000, 0xa004],
  [0xa20b, 0xa217],
  [0xa300, 0xa40c],
  [0xa420, 0xa462],
  [0xa500, 0xa500],
];
const GPS_FIELDS: Range[] = [[0x0000, 0x001f]];

const within = (ranges: Range[]) => (tag: number) => ranges.some(([from, to]) => tag >= from && tag <= to);

/** The metadata that must be written beside sharp; undefined when sharp can be told all that is kept. */
export function metadataFor(
  { metadata }: Pick<Output, 'metadata'>,
  { kept, kind, copyright }: Pick<Source, 'kept' | 'kind' | 'copyright'>,
): KeptMetadata | undefined {
  if (metadata === 'keep') return kept;
  return kind.carriesCopyright ? { exif: exifOfCopyright(copyright) } : undefined;
}

export function keptMetadata({ exif, xmp }: { exif?: Buffer | undefined; xmp?: Buffer | undefined }): KeptMetadata {
  const kept = { exif: exif && keptExif(exif), xmp: xmp && keptXmp(xmp) };
  return { ...(kept.exif && { exif: kept.exif }), ...(kept.xmp && { xmp: kept.xmp }) };
}

function keptExif(exif: Buffer): Buffer | undefined {
  const wanted = { image: within(IMAGE_FIELDS), exif: within(EXIF_FIELDS), gps: within(GPS_FIELDS) };
  const read = readExif(exif, MOST_VALUE_BYTES, wanted);
  if (!read) return undefined;
  const [image, more, gps] = [read.image, read.exif, read.gps].map((fields) =>
    fields.filter(({ isWhole }) => isWhole).map(inUtf8),
  );
  return writeExif({ ...read, image: image ?? [], exif: more ?? [], gps: gps ?? [] });
}

/** EXIF that has nothing but a copyright. */
function exifOfCopyright(copyright: Copyright): Buffer {
  const image = Object.entries(copyright).map(([name, text]) => ({
    tag: COPYRIGHT_TAGS[name as keyof Copyright],
    type: ASCII,
    bytes: Buffer.from(`${text}\0`),
    isWhole: true,
  }));
  return writeExif({ isLittleEndian: true, image, exif: [], gps: [] });
}

const inUtf8 = (field: ExifField): ExifField =>
  field.type === ASCII ? { ...field, bytes: Buffer.from(decodeExifText(field.bytes)) } : field;

/** XMP that says of itself that it is upright; undefined where it has pictures, or is no XML. */
function keptXmp(xmp: Buffer): Buffer | undefined {
  const upright = isWithoutPictures(xmp) ? uprightXmp(xmp.toString('utf8')) : undefined;
  return upright === undefined ? undefined : Buffer.from(upright);
}

/** Namespaces of pictures, sounds and depth maps in XMP; Adobe's thumbnails, Google's and Apple's motion and depth. */
const PICTURES = /g\/img\/|xmpGImg|Thumbnails|ns\.google\.com\/photos|GImage|GDepth|GAudio|HasExtendedXMP/i;

/** Whether XMP may be kept whole. In another encoding than UTF-8 it could not be looked through. */
function isWithoutPictures(xmp: Buffer): boolean {
  if (xmp.length > MOST_XMP_BYTES) return false;
  const text = xmp.toString('utf8');
  if (text.includes('\0') || text.includes('\ufffd') || PICTURES.test(text)) return false;
  return text.split(/[<>"']/).every((value) => value.trim().length <= MOST_VALUE_BYTES);
}

interface Directories {
  isLittleEndian: boolean;
  image: ExifField[];
  exif: ExifField[];
  gps: ExifField[];
}

const COUNT_OF: Record<number, number> = { 3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8 };

/** EXIF of these fields alone, in their byte order; the directories stand one behind the other, each with its values. */
function writeExif({ isLittleEndian, image, exif, gps }: Directories): Buffer {
  const number = (size: 2 | 4, value: number): Buffer => {
    const bytes = Buffer.alloc(size);
    if (isLittleEndian) bytes.writeUIntLE(value, 0, size);
    else bytes.writeUIntBE(value, 0, size);
    return bytes;
  };
  const pointer = (tag: number): ExifField => ({ tag, type: 4, bytes: number(4, 0), isWhole: true });
  const first = [...image, ...(exif.length > 0 ? [pointer(0x8769)] : []), ...(gps.length > 0 ? [pointer(0x8825)] : [])];
  const starts = new Map<number, number>();
  let end = 8 + sizeOf(first);
  for (const [tag, fields] of [
    [0x8769, exif],
    [0x8825, gps],
  ] as const) {
    if (fields.length === 0) continue;
    starts.set(tag, end);
    end += sizeOf(fields);
  }
  const directory = (fields: ExifField[], start: number): Buffer => {
    const values: Buffer[] = [];
    let at = start + 2 + 12 * fields.length + 4;
    const entries = fields
      .toSorted((a, b) => a.tag - b.tag)
      .flatMap(({ tag, type, bytes }) => {
        const target = starts.get(tag);
        const value = target === undefined ? bytes : number(4, target);
        const count = number(4, value.length / (COUNT_OF[type] ?? 1));
        if (value.length <= 4) return [number(2, tag), number(2, type), count, padded(value, 4)];
        const offset = number(4, at);
        values.push(padded(value, 2));
        at += padded(value, 2).length;
        return [number(2, tag), number(2, type), count, offset];
      });
    return Buffer.concat([number(2, fields.length), ...entries, number(4, 0), ...values]);
  };
  return Buffer.concat([
    Buffer.from(isLittleEndian ? 'II' : 'MM'),
    number(2, 42),
    number(4, 8),
    directory(first, 8),
    ...(exif.length > 0 ? [directory(exif, starts.get(0x8769) ?? 0)] : []),
    ...(gps.length > 0 ? [directory(gps, starts.get(0x8825) ?? 0)] : []),
  ]);
}

const padded = (bytes: Buffer, to: number): Buffer =>
  bytes.length % to === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(to - (bytes.length % to))]);

const sizeOf = (fields: ExifField[]): number =>
  fields.reduce((sum, { bytes }) => sum + 12 + (bytes.length > 4 ? bytes.length + (bytes.length % 2) : 0), 2 + 4);
