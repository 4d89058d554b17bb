import type { Size } from './geometry.ts';
import { type ImageFormat, sniffFormat } from './image-format.ts';

/** Start-of-frame markers of JPEG (ITU-T T.81, table B.1): the range has three others. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The largest frame that a JPEG tells of. */
function jpegSize(bytes: Buffer): Size | undefined {
  let largest: Size | undefined;
  for (let at = bytes.indexOf(0xff, 2); at >= 0 && at + 9 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes, and markers that have no length: those of restarts, of the beginning and the end.
    if (marker === 0xff) at += 1;
    else if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) at = bytes.indexOf(0xff, at + 2);
    else {
      if (isFrame(marker)) {
        const size = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
        if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
      }
      at = bytes.indexOf(0xff, at + 2 + Math.max(2, bytes.readUInt16BE(at + 2)));
    }
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
