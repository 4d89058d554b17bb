import { deflateSync } from 'node:zlib';
import { type Box, boxesIn, FULL_HEADER_BYTES } from '../../../../shared/domain/formats/avif-items.ts';
import { bigEndian, HEADER_END, readChunks, writeChunk } from '../formats/png/png-chunks.ts';

/** The chunks of a PNG that declare its colours. */
const COLOUR_CHUNKS = ['iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP'];

/** Returns a PNG with this profile instead of every other chunk that declares its colours. */
export function pngWithProfile(png: Buffer, profile: Buffer): Buffer {
  const kept: Buffer[] = [];
  let isBeforePixels = true;
  for (const { type, bytes } of readChunks(png)) {
    // Chunks that declare colours stand before the pixels.
    if (type === 'IDAT') isBeforePixels = false;
    if (!isBeforePixels || !COLOUR_CHUNKS.includes(type)) kept.push(bytes);
  }
  const named = writeChunk('iCCP', Buffer.concat([Buffer.from('CICP\0\0', 'latin1'), deflateSync(profile)]));
  return Buffer.concat([png.subarray(0, HEADER_END), named, ...kept]);
}

const boxOf = (type: string, ...content: Buffer[]): Buffer => {
  const all = Buffer.concat(content);
  return Buffer.concat([bigEndian(all.length + 8), Buffer.from(type, 'latin1'), all]);
};

const uncounted = (): void => undefined;
const boxes = (bytes: Buffer, within: Pick<Box, 'start' | 'end'>): Box[] => [...boxesIn(bytes, within, uncounted)];

/**
 * Returns an AVIF whose image has this profile too. The new `meta` box is appended, because offsets in a file are counted from its beginning; the old one
 * becomes a `free` box (ISO/IEC 14496-12, 8.1.2).
 */
export function avifWithProfile(avif: Buffer, primary: number, profile: Buffer): Buffer {
  const all = boxes(avif, { start: 0, end: avif.length });
  const meta = all.find(({ type }) => type === 'meta');
  if (!meta) return avif;
  const content = boxes(avif, { start: meta.start + FULL_HEADER_BYTES, end: meta.end }).map((box) => {
    const bytes = avif.subarray(box.start, box.end);
    return box.type === 'iprp' ? propertiesWith(bytes, primary, profile) : boxOf(box.type, bytes);
  });
  const file = Buffer.from(avif);
  file.write('free', typeAt(avif, meta), 'latin1');
  const last = all.at(-1);
  // A last box that goes on to the end of the file now ends before the appended one.
  const lastAt = last ? typeAt(avif, last) - 4 : 0;
  if (last && file.readUInt32BE(lastAt) === 0) file.writeUInt32BE(last.end - lastAt, lastAt);
  return Buffer.concat([file, boxOf('meta', avif.subarray(meta.start, meta.start + FULL_HEADER_BYTES), ...content)]);
}

/** The offset of a box's type, which stands after a size of 32 bits and before one of 64. */
function typeAt(bytes: Buffer, { type, start }: Box): number {
  const isType = (at: number) => bytes.toString('latin1', at, at + 4) === type;
  return isType(start - 4) ? start - 4 : start - 12;
}

/** The properties of items and their associations, with the profile added to the image. */
function propertiesWith(iprp: Buffer, primary: number, profile: Buffer): Buffer {
  const within = boxes(iprp, { start: 0, end: iprp.length });
  const container = within.find(({ type }) => type === 'ipco');
  if (!container) return boxOf('iprp', iprp);
  const number = boxes(iprp, container).length + 1;
  const properties = boxOf(
    'ipco',
    iprp.subarray(container.start, container.end),
    boxOf('colr', Buffer.from('prof', 'latin1'), profile),
  );
  const associations = within.filter(({ type }) => type === 'ipma').flatMap((box) => associationsIn(iprp, box));
  const own = associations.find(({ item }) => item === primary);
  own?.properties.push(number);
  // Version 1 with flag 1: numbers of items have 32 bits, and those of properties 15 behind the one that makes a property essential.
  const written = associations.map(({ item, properties: all }) =>
    Buffer.concat([bigEndian(item), bigEndian(all.length, 1), ...all.map((each) => bigEndian(each, 2))]),
  );
  return boxOf('iprp', properties, boxOf('ipma', bigEndian(0x01_00_00_01), bigEndian(associations.length), ...written));
}

/** An item, and the numbers of its properties in 16 bits. */
interface Association {
  item: number;
  properties: number[];
}

const ESSENTIAL = 0x80;

/** Reads the associations of an `ipma` box (ISO/IEC 23008-12, 9.3). */
function associationsIn(bytes: Buffer, { start }: Box): Association[] {
  const [version, flags] = [bytes.readUInt8(start), bytes.readUInt8(start + 3)];
  const itemBytes = version === 0 ? 2 : 4;
  let at = start + FULL_HEADER_BYTES + 4;
  return Array.from({ length: bytes.readUInt32BE(at - 4) }, () => {
    const item = bytes.readUIntBE(at, itemBytes);
    const count = bytes.readUInt8(at + itemBytes);
    at += itemBytes + 1;
    const properties = Array.from({ length: count }, () => {
      const isWide = (flags & 1) === 1;
      const value = isWide ? bytes.readUInt16BE(at) : bytes.readUInt8(at);
      at += isWide ? 2 : 1;
      return isWide || (value & ESSENTIAL) === 0 ? value : (value & ~ESSENTIAL) | (ESSENTIAL << 8);
    });
    return { item, properties };
  });
}
