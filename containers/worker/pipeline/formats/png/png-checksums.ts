import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** The signature of a PNG, and the parts of a chunk around its data: length and type before, a checksum after (PNG, 5.2 and 5.3). */
const SIGNATURE_BYTES = 8;
const HEAD_BYTES = 8;
const CHECKSUM_BYTES = 4;

/** A PNG up to its first chunk of pixels with a wrong checksum, after which nothing is certain; undefined if all checksums are right. */
export async function upToWrongChecksum(path: string): Promise<Buffer | undefined> {
  const png = await readFile(path);
  for (let at = SIGNATURE_BYTES; at + HEAD_BYTES + CHECKSUM_BYTES <= png.length; ) {
    const dataEnd = at + HEAD_BYTES + png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + HEAD_BYTES);
    if (type === 'IEND') return undefined;
    if (dataEnd + CHECKSUM_BYTES > png.length) return png.subarray(0, at);
    const isRight = crc32(png.subarray(at + 4, dataEnd)) === png.readUInt32BE(dataEnd);
    if (!isRight && type === 'IDAT') return png.subarray(0, at);
    at = dataEnd + CHECKSUM_BYTES;
  }
  return undefined;
}
