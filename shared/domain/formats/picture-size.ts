import type { Size } from '../geometry.ts';
import { type ImageFormat, sniffFormat } from './image-format.ts';
import { isFrame, jpegSegments } from './jpeg-segments.ts';

/** The size that a frame of a JPEG tells; undefined if it is cut. */
export const frameSize = (bytes: Buffer, start: number): Size | undefined =>
  start + 5 <= bytes.length
    ? { width: bytes.readUInt16BE(start + 3), height: bytes.readUInt16BE(start + 1) }
    : undefined;

/** The largest frame that a JPEG tells of. */
function jpegSize(bytes: Buffer): Size | undefined {
  let largest: Size | undefined;
  for (const { marker, start } of jpegSegments(bytes)) {
    const size = isFrame(marker) ? frameSize(bytes, start) : undefined;
    if (size && (!largest || size.width * size.height > largest.width * largest.height)) largest = size;
  }
  return largest;
}

/** WebP writes sides in that many bits. */
const SIDE = 2 ** 14 - 1;

/** The first chunk of a WebP (https://developers.google.com/speed/webp/docs/riff_container, RFC 6386, 9.1). */
function webpSize(bytes: Buffer): Size {
  const kind = bytes.toString('latin1', 12, 16);
  if (kind === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (kind === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return { width: 1 + (bits & SIDE), height: 1 + ((bits >>> 14) & SIDE) };
  }
  return { width: bytes.readUInt16LE(26) & SIDE, height: bytes.readUInt16LE(28) & SIDE };
}

/** Where the formats that librsvg decodes (2.63: PNG, JPEG, GIF, WebP) tell their size. */
const READERS: Partial<Record<ImageFormat, (bytes: Buffer) => Size | undefined>> = {
  png: (bytes) => ({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
  gif: (bytes) => ({ width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }),
  jpeg: jpegSize,
  webp: webpSize,
};

/** Bytes that every reader may look at. */
const LEAST_BYTES = 32;

/** The size that the header of a picture in a drawing tells; undefined if it is none that is decoded there, or does not tell. */
export function pictureSize(bytes: Buffer): Size | undefined {
  if (bytes.length < LEAST_BYTES) return undefined;
  const format = sniffFormat(bytes.subarray(0, LEAST_BYTES));
  return format && READERS[format]?.(bytes);
}
