import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { checkExif } from '../metadata/check-exif.ts';
import type { FileWindow } from './file-window.ts';
import { openPartCounter } from './part-counter.ts';

/** Bytes of metadata in a file. */
export interface ByteRange {
  at: number;
  length: number;
}

/** Counts all metadata of an image, and refuses one that has more than LIMITS allow, or EXIF in which libexif would loop. */
export interface MetadataCounter {
  /** Counts as many bytes as the file declares. */
  add(bytes: number): void;
  /** Counts metadata that are inflated when the file is opened. */
  addDeflated(stretch: ByteRange): Promise<void>;
  /** Counts and checks EXIF, which begins with the TIFF header or with `Exif` before it. */
  addExif(stretches: ByteRange[]): Promise<void>;
}

/**
 * The most bytes that a byte of deflate stands for (https://zlib.net/zlib_tech.html). Deflated data that have not been inflated count as so many.
 */
export const MOST_INFLATED = 1032;

const inflateUpTo = promisify(inflate) as (
  deflated: Buffer,
  options: { maxOutputLength: number; finishFlush: number },
) => Promise<Buffer>;

/** Metadata are in memory as a whole, and more than once, from the moment at which libvips opens a file. */
export function openMetadataCounter(window: FileWindow): MetadataCounter {
  let left: number = LIMITS.embeddedMetadataBytes;
  const count = openPartCounter('embeddedMetadataBytes');
  const add = (bytes: number) => {
    count(bytes);
    left -= bytes;
  };
  return {
    add,
    async addDeflated({ at, length }) {
      add(length);
      const deflated = await window.copy(at, length);
      add(await inflatedLength(deflated, left));
    },
    async addExif(stretches) {
      const length = stretches.reduce((sum, stretch) => sum + stretch.length, 0);
      add(length);
      openPartCounter('exifBytes')(length);
      checkExif(Buffer.concat(await Promise.all(stretches.map((stretch) => window.copy(stretch.at, stretch.length)))));
    },
  };
}

/** Bytes that come out before an error, or before more come out than there may. */
async function inflatedLength(deflated: Buffer, most: number): Promise<number> {
  try {
    return (await inflateUpTo(deflated, { maxOutputLength: Math.max(1, most), finishFlush: 2 })).length;
  } catch (error) {
    // Nobody reads metadata that are damaged.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? most + 1 : 0;
  }
}
