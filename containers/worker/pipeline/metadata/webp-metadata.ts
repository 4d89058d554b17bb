import type { Size } from '../../../../shared/domain/geometry.ts';
import type { KeptMetadata } from './kept-metadata.ts';

/** A WebP of the extended form (RFC 9649, section 2.7): RIFF, WEBP, VP8X, then chunks. */
const HEADER_END = 12;
const CHUNK_HEAD = 8;
const VP8X_BYTES = 10;
const FLAGS: Record<string, number> = { 'XMP ': 0x04, EXIF: 0x08 };

interface Chunk {
  name: string;
  /** The chunk with its header and padding. */
  bytes: Buffer;
}

/** A WebP that an encoder has just made, with these metadata in place of its own. `size` is that of its canvas. */
export function webpWithMetadata(webp: Buffer, { exif, xmp }: KeptMetadata, size: Size): Buffer {
  const more = [...(exif ? [chunkOf('EXIF', exif)] : []), ...(xmp ? [chunkOf('XMP ', xmp)] : [])];
  if (more.length === 0) return webp;
  const [header = extendedHeader(size), ...pixels] = split(webp).filter(({ name }) => FLAGS[name] === undefined);
  const isExtended = header.name === 'VP8X';
  const first = isExtended ? header : extendedHeader(size);
  const flags = more.reduce((all, { name }) => all | (FLAGS[name] ?? 0), first.bytes[CHUNK_HEAD] ?? 0);
  first.bytes[CHUNK_HEAD] = flags;
  const chunks = [first, ...(isExtended ? [] : [header]), ...pixels, ...more].map(({ bytes }) => bytes);
  const all = Buffer.concat([webp.subarray(0, HEADER_END), ...chunks]);
  all.writeUInt32LE(all.length - CHUNK_HEAD, 4);
  return all;
}

function split(webp: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = HEADER_END; at + CHUNK_HEAD <= webp.length; ) {
    const length = webp.readUInt32LE(at + 4);
    const end = at + CHUNK_HEAD + length + (length % 2);
    chunks.push({ name: webp.toString('latin1', at, at + 4), bytes: Buffer.from(webp.subarray(at, end)) });
    at = end;
  }
  return chunks;
}

function extendedHeader({ width, height }: Size): Chunk {
  const header = Buffer.alloc(VP8X_BYTES);
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return chunkOf('VP8X', header);
}

function chunkOf(name: string, content: Buffer): Chunk {
  const head = Buffer.from(`${name}0000`, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return { name, bytes: Buffer.concat([head, content, Buffer.alloc(content.length % 2)]) };
}
