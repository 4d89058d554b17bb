import { open } from 'node:fs/promises';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { type ImageFormat, SNIFFED_BYTES, sniffFormat } from '../../../../shared/domain/formats/image-format.ts';
import { FRAME_HEAD_BYTES } from '../../../../shared/domain/formats/webp-chunks.ts';
import { checkDecodedPixels } from '../../../../shared/domain/input-pixels.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import type { Decoded } from '../../../../shared/domain/original.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import type { DeclaredColours } from '../colour/declared-colours.ts';
import { type FileWindow, openWindow } from './file-window.ts';
import { type GifFacts, mayBeComposed, walkGif } from './gif/walk-gif.ts';
import { walkAvif } from './heif/walk-avif.ts';
import { walkHeic } from './heif/walk-heic.ts';
import type { JpegFacts } from './jpeg/jpeg-facts.ts';
import { walkJpeg } from './jpeg/walk-jpeg.ts';
import { openMetadataCounter } from './metadata-counter.ts';
import { openPartCounter } from './part-counter.ts';
import { walkPng } from './png/walk-png.ts';
import { walkTiff } from './tiff/walk-tiff.ts';
import { trailingZerosFrom } from './trailing-zeros.ts';

/** Facts found by walking through a file: where its data end, if that is after the end of the file, and what is decoded for it. */
interface Walked {
  end?: number | undefined;
  /** Whether its decoder shows the rows that are there, and warns of those that are missing. */
  isShownInPart?: boolean;
  decoded?: Decoded;
  jpeg?: JpegFacts;
  /** Whether a GIF is decoded by compose-gif.ts, as browsers show it, and not by libvips. */
  isComposed?: boolean;
  /** Warnings about the file beside those of its decoder. */
  warnings?: Warning[];
  /** Pixels of a GIF's frames that are decoded although they lie beside the screen. */
  hiddenPixels?: number;
  /** Turns the file into one that its decoder accepts; may change the bytes that it is given. */
  rewrite?: (file: Buffer) => Buffer;
  colours?: DeclaredColours | undefined;
  /** The offset of the zeros that a broken download has left at the end of the data. */
  zerosFrom?: number;
}

/** Facts about a file that its parts show before it is decoded. */
export interface Structure
  extends Pick<
    Walked,
    'decoded' | 'jpeg' | 'isComposed' | 'hiddenPixels' | 'warnings' | 'rewrite' | 'colours' | 'zerosFrom'
  > {
  format?: ImageFormat;
  /** Whether the file ends before its data do. */
  isCut: boolean;
}

/** The functions that walk through a file and count its parts, by format. */
const WALKS: Partial<Record<ImageFormat, (window: FileWindow) => Promise<Walked>>> = {
  avif: walkAvif,
  gif: async (window) => inBrowsers(await walkGif(window), window.fileSize),
  heic: walkHeic,
  jpeg: walkJpeg,
  png: walkPng,
  tiff: walkTiff,
  webp: walkWebp,
};

/** The formats of which libvips decodes nothing unless the file is whole, as the error's detail names them. */
const PARTS_OF: Partial<Record<ImageFormat, string>> = {
  avif: 'an AVIF',
  png: 'an interlaced PNG',
  tiff: 'a TIFF',
  webp: 'a WebP',
};

/** A GIF that libvips would show differently from browsers, or not at all, is composed here, if the file is small enough to be held in memory. */
function inBrowsers({ end, isOdd, hiddenPixels }: GifFacts, fileSize: number): Walked {
  const isComposed = (isOdd || end !== undefined) && mayBeComposed(fileSize);
  return { end, isComposed, hiddenPixels, isShownInPart: isComposed };
}

/**
 * Refuses a file of so many parts that going through them takes longer than decoding its pixels, before libvips, which nothing interrupts,
 * opens it; and one that ends before its data do, if its decoder paints or leaves out what is missing without a warning, or shows nothing at
 * all. Reads the file once, one window at a time. For an image of tiles it returns what is decoded, and refuses the image if that is more than images of
 * so many pixels take.
 */
export async function checkStructure(path: string, maxPixels: number = LIMITS.inputPixels): Promise<Structure> {
  await using file = await open(path);
  const window = openWindow(file, (await file.stat()).size);
  const format = sniffFormat(await window.bytes(0, SNIFFED_BYTES));
  if (!format) return { isCut: false };
  const { end, isShownInPart, ...walked } = (await WALKS[format]?.(window)) ?? {};
  if (walked.decoded) checkDecodedPixels(walked.decoded.pixels, { format, maxPixels });
  if (end !== undefined && !isShownInPart)
    throw cutOff(format, `${window.fileSize} of at least ${end} bytes are there`);
  if (walked.zerosFrom !== undefined && !walked.jpeg)
    throw cutOff(format, `${walked.zerosFrom} of ${window.fileSize} bytes are there and the others are zero`);
  return { format, isCut: end !== undefined || walked.jpeg?.isCut === true, ...walked };
}

const cutOff = (format: ImageFormat, what: string): ImageServiceError =>
  new ImageServiceError(
    'image_unreadable',
    `The file ends early: ${what}, and of ${PARTS_OF[format] ?? 'it'} nothing is decoded then. Send it again.`,
  );

const METADATA_CHUNKS = ['XMP ', 'ICCP'];
const PIXEL_CHUNKS = ['VP8 ', 'VP8L'];

/** The share of a chunk of pixels that may be zeros at its end. For an image of one colour libwebp writes a twentieth (measured). */
const MOST_ZEROS = 1 / 10;

/**
 * Walks through chunks, each a type, a length and data of even length; chunks of frames have chunks in them. Finds where a chunk that is cut would end,
 * and where zeros begin that stand in the place of pixels.
 */
async function walkWebp(window: FileWindow): Promise<Walked> {
  const count = openPartCounter('webpChunks');
  const metadata = openMetadataCounter(window);
  const tail = await trailingZerosFrom(window);
  let [cutEnd, zerosFrom]: (number | undefined)[] = [];
  const within = async (from: number, end: number, isFrame: boolean): Promise<void> => {
    for (let at = from; at + 8 <= end; ) {
      const head = await window.bytes(at, 8);
      if (head.length < 8) return;
      count();
      const length = head.readUInt32LE(4);
      const next = at + 8 + length + (length & 1);
      const type = head.toString('latin1', 0, 4);
      if (at + 8 + length > window.fileSize) cutEnd ??= at + 8 + length;
      const isPixels = PIXEL_CHUNKS.includes(type) && tail !== undefined && next > tail;
      if (isPixels && next - tail > length * MOST_ZEROS) zerosFrom = tail;
      if (type === 'EXIF') await metadata.addExif([{ at: at + 8, length }]);
      else if (METADATA_CHUNKS.includes(type)) metadata.add(length);
      if (!isFrame && type === 'ANMF') await within(at + 8 + FRAME_HEAD_BYTES, Math.min(next, end), true);
      at = next;
    }
  };
  const riff = await window.bytes(4, 4);
  await within(12, Math.min(window.fileSize, 8 + riff.readUInt32LE(0)), false);
  return { end: cutEnd, ...(zerosFrom !== undefined && { zerosFrom }) };
}
