import type { Size } from '../geometry.ts';
import { type ImageFormat, sniffFormat } from './image-format.ts';
import { isFrame, jpegSegments } from './jpeg-segments.ts';

/** The size in a frame header of a JPEG; undefined if the header is cut. */
export const frameSize = (bytes: Buffer, start: number): Size | undefined =>
  start + 5 <= bytes.length
    ? { width: bytes.readUInt16BE(start + 3), height: bytes.readUInt16BE(start + 1) }
    : undefined;

/** The size of the largest frame of a JPEG. */
function jpegSize(bytes: Buffer): Size | undefined {
  let largest: Size | undefined;
  for (const { marker, start } of jpegSegments(bytes)) {
    const size = isFrame(marker) ? frameSize(bytes, start) : undefined;
    if (size && (!largest || size.width * size.height > largest.width * largest.height)) largest = size;
  }
  return largest;
}

/** WebP writes sides in 14 bits. */
const SIDE = 2 ** 14 - 1;

/** Reads the first chunk of a WebP (https://developers.google.com/speed/webp/docs/riff_container, RFC 6386, 9.1). */
function webpSize(bytes: Buffer): Size {
  const kind = bytes.toString('latin1', 12, 16);
  if (kind === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (kind === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return { width: 1 + (bits & SIDE), height: 1 + ((bits >>> 14) & SIDE) };
  }
  return { width: bytes.readUInt16LE(26) & SIDE, height: bytes.readUInt16LE(28) & SIDE };
}

/** Readers of the size for the formats that librsvg decodes (2.63: PNG, JPEG, GIF, WebP). */
const READERS: Partial<Record<ImageFormat, (bytes: Buffer) => Size | undefined>> = {
  png: (bytes) => ({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
  gif: (bytes) => ({ width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }),
  jpeg: jpegSize,
  webp: webpSize,
};

/** The number of bytes that every reader needs. */
const LEAST_BYTES = 32;

/** The size in the header of a picture that a drawing embeds; undefined if librsvg does not decode its format, or the header has no size. */
export function pictureSize(bytes: Buffer): Size | undefined {
  if (bytes.length < LEAST_BYTES) return undefined;
  const format = sniffFormat(bytes.subarray(0, LEAST_BYTES));
  return format && READERS[format]?.(bytes);
}
