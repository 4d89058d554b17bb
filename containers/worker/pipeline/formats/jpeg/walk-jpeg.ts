import { END, FILL, isMetadata, START_OF_SCAN } from '../../../../../shared/domain/formats/jpeg-segments.ts';
import type { FileWindow } from '../file-window.ts';
import { openMetadataCounter } from '../metadata-counter.ts';
import { openPartCounter } from '../part-counter.ts';
import { trailingZerosFrom } from '../trailing-zeros.ts';
import { collectJpegFacts, type JpegFacts } from './jpeg-facts.ts';

/** Where EXIF and XMP are. */
const APP1 = 0xe1;

/** A byte of data, TEM, RST0 to RST7 and SOI have no segment behind them. */
const isAlone = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** The bytes of a segment that are read: enough for a whole frame or scan of four components. */
const SEGMENT_HEAD_BYTES = 24;

/** The facts that walking through a JPEG finds. */
interface JpegWalked {
  jpeg: JpegFacts;
  /** The offset of the zeros that a broken download has left instead of its end. */
  zerosFrom?: number;
  rewrite?: (file: Buffer) => Buffer;
}

/** Goes along a JPEG, and looks at the end of one that has no end marker. */
export async function walkJpeg(window: FileWindow): Promise<JpegWalked> {
  const { jpeg, tornAt } = await walkSegments(window);
  // libjpeg takes half a segment for damage of all that is before it.
  if (tornAt !== undefined) return { jpeg, rewrite: (file) => file.subarray(0, tornAt) };
  const zerosFrom = jpeg.isCut ? await trailingZerosFrom(window) : undefined;
  return { jpeg, ...(zerosFrom !== undefined && { zerosFrom }) };
}

/**
 * Counts segments, scans and metadata, up to the end of the image. Between them, a marker is what follows 0xff and is not 0, as libjpeg looks
 * for it. Returns how often libjpeg will warn of them, and where a segment after a scan begins if the file ends within it.
 */
async function walkSegments(window: FileWindow): Promise<{ jpeg: JpegFacts; tornAt?: number }> {
  const countSegment = openPartCounter('jpegSegments');
  const countScan = openPartCounter('jpegScans');
  const metadata = openMetadataCounter(window);
  const facts = collectJpegFacts();
  for (let at = 2; at + 1 < window.fileSize; ) {
    if (!window.holds(at, 2)) await window.load(at);
    const found = window.find(FILL, at);
    if (found !== at) facts.passOver();
    if (found === undefined) {
      if (window.end() <= at) return { jpeg: facts.finish(true) };
      at = window.end();
    } else if (!window.holds(found, 2)) {
      if (found === at) return { jpeg: facts.finish(true) };
      at = found;
    } else {
      const marker = window.byte(found + 1);
      if (marker === END) return { jpeg: facts.finish(false) };
      if (marker === 0) facts.passOver();
      if (marker === FILL) at = found + 1;
      else if (isAlone(marker)) at = found + 2;
      else {
        countSegment();
        const head = await window.bytes(found + 2, SEGMENT_HEAD_BYTES);
        const length = head.length < 2 ? 0 : head.readUInt16BE(0);
        const isTorn = head.length < 2 || found + 2 + length > window.fileSize;
        if (isTorn && facts.hasScan()) return { jpeg: facts.finish(true), tornAt: found };
        if (marker === START_OF_SCAN) countScan();
        if (length < 2) return { jpeg: facts.finish(head.length < 2) };
        facts.segment(marker, head.subarray(2, length));
        const stretch = { at: found + 4, length: length - 2 };
        if (marker === APP1 && head.toString('latin1', 2, 6) === 'Exif') await metadata.addExif([stretch]);
        else if (isMetadata(marker)) metadata.add(stretch.length);
        at = found + 2 + length;
      }
    }
  }
  return { jpeg: facts.finish(true) };
}
