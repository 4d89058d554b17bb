import { imageSize } from 'image-size';
import { boxesIn, readAvifItems } from '../domain/formats/avif-items.ts';
import { frameSize } from '../domain/formats/embedded-picture-size.ts';
import { gifSize } from '../domain/formats/gif-size.ts';
import type { ImageFormat } from '../domain/formats/image-format.ts';
import { isFrame, jpegSegments, START_OF_SCAN } from '../domain/formats/jpeg-segments.ts';
import { exifOrientation, isOnItsSide, readTiffTags, TIFF_TAGS } from '../domain/formats/tiff-tags.ts';
import type { Size } from '../domain/geometry.ts';

/** The size of an image according to its first bytes. */
export interface HeaderSize {
  /** The size in which the pixels are stored. */
  stored: Size;
  /** The size in which the image is shown: turned upright, or grown to its first frame. Absent if the bytes that decide it may come later. */
  shown?: Size;
}

/** The first bytes of an image; `isWhole` if there are no others. */
export interface ImageHeader {
  bytes: Buffer;
  isWhole: boolean;
}

/** Bytes of an AVIF that the library gets, because it looks for boxes in a time that grows with the square of their number. */
const AVIF_HEADER_BYTES = 32 * 1024;

const turned = (stored: Size, orientation: number): HeaderSize => ({
  stored,
  shown: isOnItsSide(orientation) ? { width: stored.height, height: stored.width } : stored,
});

/** A copy, because the library reads past the end of what it is given, into whatever else Node's buffer pool holds. */
const sizeByLibrary = (bytes: Buffer): Size => {
  const { width, height } = imageSize(new Uint8Array(bytes));
  return { width, height };
};

const EXIF = Buffer.from('Exif\0\0', 'latin1');

/** Reads what stands before the first scan: the frame, and EXIF in APP1. */
function readJpeg({ bytes }: ImageHeader): HeaderSize | undefined {
  let size: Size | undefined;
  let orientation: number | undefined;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === START_OF_SCAN) break;
    if (isFrame(marker)) size ??= frameSize(bytes, start);
    const isExif = marker === 0xe1 && bytes.subarray(start, start + EXIF.length).equals(EXIF);
    if (isExif) orientation ??= exifOrientation(bytes.subarray(start + EXIF.length, end));
  }
  return size && turned(size, orientation ?? 1);
}

/** Reads IHDR, and eXIf if it stands before the pixels (PNG, 11.3.4.5): behind them it comes too late for decoders. */
function readPng({ bytes, isWhole }: ImageHeader): HeaderSize {
  const stored = sizeByLibrary(bytes);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT' || type === 'IEND') return turned(stored, 1);
    const data = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at));
    if (type === 'eXIf') return turned(stored, exifOrientation(data));
  }
  return isWhole ? turned(stored, 1) : { stored };
}

/** The flag in VP8X for EXIF, which itself stands behind the pixels (https://developers.google.com/speed/webp/docs/riff_container). */
const WEBP_EXIF = 0x08;

function readWebp({ bytes, isWhole }: ImageHeader): HeaderSize {
  const stored = sizeByLibrary(bytes);
  const hasExif = bytes.toString('latin1', 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & WEBP_EXIF) !== 0;
  if (!hasExif) return turned(stored, 1);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (bytes.toString('latin1', at, at + 4) === 'EXIF')
      return turned(stored, exifOrientation(data.subarray(0, EXIF.length).equals(EXIF) ? data.subarray(6) : data));
    at += 8 + length + (length & 1);
  }
  return isWhole ? turned(stored, 1) : { stored };
}

function readTiff({ bytes }: ImageHeader): HeaderSize | undefined {
  const told = readTiffTags(bytes, Object.values(TIFF_TAGS));
  const [width, height] = [told?.get(TIFF_TAGS.width), told?.get(TIFF_TAGS.height)];
  if (width === undefined || height === undefined) return undefined;
  return turned({ width, height }, told?.get(TIFF_TAGS.orientation) ?? 1);
}

/** The boxes of a header are not counted, because its few bytes limit them. */
const UNLIMITED = { countItem: () => undefined, count: () => undefined };

/** Reads the primary image, which is cropped first and then turned (ISO/IEC 23000-22, 7.3.6.7). */
function readHeif({ bytes }: ImageHeader): HeaderSize | undefined {
  try {
    for (const { type, start, end } of boxesIn(bytes, { start: 0, end: bytes.length }, UNLIMITED.count)) {
      if (type !== 'meta') continue;
      const { primary, byId } = readAvifItems(bytes.subarray(start, end), UNLIMITED);
      const item = byId.get(primary);
      if (!item?.size || !(item.size.width > 0 && item.size.height > 0)) return undefined;
      const { width, height } = item.clean ?? item.size;
      const isCut = width > 0 && height > 0 && width <= item.size.width && height <= item.size.height;
      const { shown } = turned(isCut ? { width, height } : item.size, item.isOnItsSide ? 6 : 1);
      return { stored: item.size, ...(shown && { shown }) };
    }
  } catch {
    // The decoder decides what is wrong with it, and whether that matters.
  }
  return undefined;
}

/** If the boxes give no size, the library does, which takes the largest tile, thumbnail or transparency. */
const readAvif = (head: ImageHeader): HeaderSize =>
  readHeif(head) ?? turned(sizeByLibrary(head.bytes.subarray(0, AVIF_HEADER_BYTES)), 1);

/** A screen without pixels may get the size of its first frame. */
function readGif({ bytes, isWhole }: ImageHeader): HeaderSize | undefined {
  const { size, hasFrame } = gifSize(bytes);
  if (hasFrame || isWhole) return turned(size, 1);
  return size.width > 0 && size.height > 0 ? { stored: size } : undefined;
}

/** The readers throw, or return undefined, if the bytes give no size. */
const READERS: Record<Exclude<ImageFormat, 'svg'>, (head: ImageHeader) => HeaderSize | undefined> = {
  jpeg: readJpeg,
  png: readPng,
  webp: readWebp,
  avif: readAvif,
  heic: readHeif,
  gif: readGif,
  tiff: readTiff,
};

/** The size of an image according to its header; undefined if that gives none. */
export function readHeaderSize(head: ImageHeader, format: Exclude<ImageFormat, 'svg'>): HeaderSize | undefined {
  try {
    return READERS[format](head);
  } catch {
    return undefined;
  }
}
