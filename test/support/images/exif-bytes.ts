import { crc32 } from 'node:zlib';

/** An entry of an IFD in a file, whose count may be wrong. */
export interface ExifEntry {
  tag: number;
  /** 1 BYTE, 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL, 7 UNDEFINED (TIFF 6.0, section 2). */
  type: number;
  /** The claimed count; by default the count that the bytes hold. */
  count?: number;
  bytes: Buffer;
  /** The claimed offset of the value; by default its real offset. */
  offset?: number;
}

const TYPE_BYTES: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 12: 8 };

export const ascii = (tag: number, value: string): ExifEntry => ({ tag, type: 2, bytes: Buffer.from(`${value}\0`) });
export const long = (tag: number, value: number): ExifEntry => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { tag, type: 4, bytes };
};
export const short = (tag: number, value: number): ExifEntry => ({
  tag,
  type: 3,
  bytes: Buffer.from([value & 255, value >> 8]),
});
export const undefinedBytes = (tag: number, bytes: Buffer): ExifEntry => ({ tag, type: 7, bytes });
export const rationals = (tag: number, ...values: [number, number][]): ExifEntry => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, [numerator, denominator]] of values.entries()) {
    bytes.writeUInt32LE(numerator, 8 * index);
    bytes.writeUInt32LE(denominator, 8 * index + 4);
  }
  return { tag, type: 5, bytes };
};

/** An IFD at an offset of a file in little-endian order, followed by its values. */
function ifdAt(offset: number, entries: ExifEntry[], next: number): Buffer {
  const table = Buffer.alloc(2 + 12 * entries.length + 4);
  table.writeUInt16LE(entries.length, 0);
  const values: Buffer[] = [];
  let end = offset + table.length;
  for (const [index, { tag, type, count, bytes, offset: told }] of entries.entries()) {
    const at = 2 + 12 * index;
    table.writeUInt16LE(tag, at);
    table.writeUInt16LE(type, at + 2);
    table.writeUInt32LE(count ?? Math.floor(bytes.length / (TYPE_BYTES[type] ?? 1)), at + 4);
    if (bytes.length <= 4 && told === undefined) bytes.copy(table, at + 8);
    else {
      table.writeUInt32LE(told ?? end, at + 8);
      const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
      values.push(padded);
      end += padded.length;
    }
  }
  table.writeUInt32LE(next, table.length - 4);
  return Buffer.concat([table, ...values]);
}

interface ExifParts {
  ifd0?: ExifEntry[];
  exif?: ExifEntry[];
  gps?: ExifEntry[];
  ifd1?: ExifEntry[];
  /** A JPEG for IFD1. */
  thumbnail?: Buffer;
}

/** The bytes of EXIF (CIPA DC-008) from the TIFF header on, with the order and the errors of the entries. */
export function exifOf({ ifd0 = [], exif, gps, ifd1, thumbnail }: ExifParts): Buffer {
  const parts: Buffer[] = [Buffer.from('49492a0008000000', 'hex')];
  let end = 8;
  const add = (make: (offset: number) => Buffer): number => {
    const offset = end;
    const made = make(offset);
    parts.push(made);
    end += made.length;
    return offset;
  };
  const pointers: ExifEntry[] = [...(exif ? [long(0x8769, 0)] : []), ...(gps ? [long(0x8825, 0)] : [])];
  // The first IFD comes first, and its length does not depend on the offsets of the others.
  const first = (targets: Record<number, number>, next: number) => {
    const entries = [...ifd0, ...pointers].map((entry) =>
      targets[entry.tag] ? long(entry.tag, targets[entry.tag] ?? 0) : entry,
    );
    return ifdAt(
      8,
      entries.toSorted((a, b) => a.tag - b.tag),
      next,
    );
  };
  add(() => first({}, 0));
  const targets: Record<number, number> = {};
  if (exif) targets[0x8769] = add((offset) => ifdAt(offset, exif, 0));
  if (gps) targets[0x8825] = add((offset) => ifdAt(offset, gps, 0));
  let next = 0;
  if (ifd1 || thumbnail) {
    const bytes = thumbnail ?? Buffer.alloc(0);
    const at = thumbnail ? add(() => bytes) : 0;
    const entries = [
      ...(ifd1 ?? []),
      ...(thumbnail ? [short(0x0103, 6), long(0x0201, at), long(0x0202, bytes.length)] : []),
    ];
    next = add((offset) => ifdAt(offset, entries, 0));
  }
  parts[1] = first(targets, next);
  return Buffer.concat(parts);
}

/** A JPEG with one more APP1 segment after its SOI, of at most 65,533 bytes. */
export function jpegWith(jpeg: Buffer, signature: string, bytes: Buffer): Buffer {
  const head = Buffer.from('ffe10000', 'hex');
  head.writeUInt16BE(2 + signature.length + bytes.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(signature, 'latin1'), bytes, jpeg.subarray(2)]);
}
export const EXIF_SIGNATURE = 'Exif\0\0';
export const XMP_SIGNATURE = 'http://ns.adobe.com/xap/1.0/\0';

/** A PNG with more chunks after its header. */
export function pngWith(png: Buffer, ...chunks: [type: string, bytes: Buffer][]): Buffer {
  const made = chunks.map(([type, bytes]) => {
    const content = Buffer.concat([Buffer.from(type, 'latin1'), bytes]);
    const chunk = Buffer.alloc(content.length + 8);
    chunk.writeUInt32BE(bytes.length, 0);
    content.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(content), content.length + 4);
    return chunk;
  });
  return Buffer.concat([png.subarray(0, 33), ...made, png.subarray(33)]);
}

/** A WebP with a header of the extended form and more chunks at its end (RFC 9649, section 2.7). */
export function webpWith(
  webp: Buffer,
  { width, height }: { width: number; height: number },
  chunks: Record<string, Buffer>,
): Buffer {
  const chunk = (type: string, bytes: Buffer) => {
    const head = Buffer.from(`${type}0000`, 'latin1');
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)]);
  };
  const header = Buffer.alloc(10);
  header[0] = (chunks.EXIF ? 0x08 : 0) | (chunks['XMP '] ? 0x04 : 0);
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  const all = [
    chunk('VP8X', header),
    webp.subarray(12),
    ...Object.entries(chunks).map(([type, bytes]) => chunk(type, bytes)),
  ];
  const body = Buffer.concat([Buffer.from('WEBP'), ...all]);
  const riff = Buffer.from('RIFF0000');
  riff.writeUInt32LE(body.length, 4);
  return Buffer.concat([riff, body]);
}
