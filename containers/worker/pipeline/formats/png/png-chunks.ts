import { crc32 } from 'node:zlib';

/** A whole number of so many bytes, as PNG and HEIF write it. */
export const bigEndian = (value: number, bytes = 4): Buffer => {
  const written = Buffer.alloc(bytes);
  written.writeUIntBE(value, 0, bytes);
  return written;
};

/** A chunk of a PNG (PNG, 5.3): its length, type, data and checksum. */
export function writeChunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([bigEndian(data.length), content, bigEndian(crc32(content))]);
}

/** The data of a chunk from its type to its checksum; undefined where it is damaged or cut. */
export function chunkData(chunk: Buffer): Buffer | undefined {
  if (chunk.length < 8) return undefined;
  const end = chunk.length - 4;
  return crc32(chunk.subarray(0, end)) === chunk.readUInt32BE(end) ? chunk.subarray(4, end) : undefined;
}

/** The offset after the signature and IHDR (PNG, 5.2 and 11.2.1). */
export const HEADER_END = 33;

/** The chunks behind IHDR, from their length to their checksum; the last is shorter where the file is cut. */
export function* readChunks(png: Buffer): Generator<{ type: string; bytes: Buffer }> {
  for (let at = HEADER_END; at + 8 <= png.length; ) {
    const next = at + 12 + png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), bytes: png.subarray(at, next) };
    at = next;
  }
}
