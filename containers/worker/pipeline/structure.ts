import { open } from 'node:fs/promises';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { type ImageFormat, SNIFFED_BYTES, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import { checkDecodedPixels } from '../../../shared/domain/input-pixels.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Decoded } from '../../../shared/domain/original.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { type FileWindow, openWindow } from './file-window.ts';
import type { JpegFacts } from './jpeg-facts.ts';
import { openMetadataTally } from './metadata-tally.ts';
import type { ToldColours } from './own-colours.ts';
import { walkAvif } from './structure-avif.ts';
import { type GifFacts, mayBeComposed, walkGif } from './structure-gif.ts';
import { walkHeic } from './structure-heic.ts';
import { walkJpeg } from './structure-jpeg.ts';
import { walkPng } from './structure-png.ts';
import { walkTiff } from './structure-tiff.ts';
import { openTally } from './tally.ts';
import { zeroTail } from './zero-tail.ts';

/** What going through a file has shown: where its data end, if that is behind the end of the file, and what is decoded for it. */
interface Walked {
  end?: number | undefined;
  /** Whether its decoder shows the rows that are there, and tells that others are not. */
  isShownInPart?: boolean;
  decoded?: Decoded;
  jpeg?: JpegFacts;
  /** Whether a GIF is decoded by gif-frames.ts, as browsers show it, and not by libvips. */
  isComposed?: boolean;
  /** What is said of it, whatever its decoder says. */
  warnings?: Warning[];
  /** Of a GIF, pixels of its frames that are decoded and lie beside the screen. */
  hiddenPixels?: number;
  /** Makes of the file, whose bytes may be changed, one that its decoder takes. */
  rewrite?: (file: Buffer) => Buffer;
  colours?: ToldColours | undefined;
  /** Where the zeros begin with which its data end, where a download has left them. */
  zerosFrom?: number;
}

/** What the parts of a file show, before it is decoded. */
export interface Structure
  extends Pick<
    Walked,
    'decoded' | 'jpeg' | 'isComposed' | 'hiddenPixels' | 'warnings' | 'rewrite' | 'colours' | 'zerosFrom'
  > {
  format?: ImageFormat;
  /** Whether the file ends before its data do. */
  isCut: boolean;
}

/** By format: counts its parts. */
const WALKS: Partial<Record<ImageFormat, (window: FileWindow) => Promise<Walked>>> = {
  avif: walkAvif,
  gif: async (window) => inBrowsers(await walkGif(window), window.fileSize),
  heic: walkHeic,
  jpeg: walkJpeg,
  png: walkPng,
  tiff: walkTiff,
  webp: walkWebp,
};

/** What libvips decodes nothing of unless it is whole, in the words of its detail. */
const PARTS_OF: Partial<Record<ImageFormat, string>> = {
  avif: 'an AVIF',
  png: 'an interlaced PNG',
  tiff: 'a TIFF',
  webp: 'a WebP',
};

/** What libvips would show otherwise than browsers, or not at all, is composed here, of a file that may be held as a whole. */
function inBrowsers({ end, isOdd, hiddenPixels }: GifFacts, fileSize: number): Walked {
  const isComposed = (isOdd || end !== undefined) && mayBeComposed(fileSize);
  return { end, isComposed, hiddenPixels, isShownInPart: isComposed };
}

/**
 * Refuses a file of so many parts that going through them takes longer than decoding its pixels, before libvips, which nothing interrupts,
 * opens it; and one that ends before its data do, if its decoder paints or leaves out what is missing and says nothing, or shows nothing at
 * all. Reads it once, and no more of it than a window at a time. Of what has tiles it
 * tells what is decoded, and refuses it where that is more than images of so many pixels take.
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

/** Bytes of an ANMF chunk before those of its frame (https://developers.google.com/speed/webp/docs/riff_container). */
const FRAME_HEAD_BYTES = 16;

const METADATA_CHUNKS = ['XMP ', 'ICCP'];
const PIXEL_CHUNKS = ['VP8 ', 'VP8L'];

/** Of a chunk of pixels, the share that may be zeros at its end: of one colour alone libwebp writes a twentieth (measured). */
const MOST_ZEROS = 1 / 10;

/**
 * Chunks of a type, a length and data of even length, of which those of frames have chunks in them. Tells where one ends that is cut,
 * and where zeros begin that stand in the place of pixels.
 */
async function walkWebp(window: FileWindow): Promise<Walked> {
  const count = openTally('webpChunks');
  const metadata = openMetadataTally(window);
  const tail = await zeroTail(window);
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
