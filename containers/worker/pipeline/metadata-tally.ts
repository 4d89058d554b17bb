import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { checkExif } from './exif-directories.ts';
import type { FileWindow } from './file-window.ts';
import { openTally } from './tally.ts';

/** Bytes of metadata in a file. */
export interface Stretch {
  at: number;
  length: number;
}

/** Hears of all metadata of an image, and refuses one that has more than LIMITS allow, or EXIF in which libexif would go in circles. */
export interface MetadataTally {
  /** As many as the file says. */
  add(bytes: number): void;
  /** What is inflated when the file is opened. */
  addDeflated(stretch: Stretch): Promise<void>;
  /** From the TIFF header on, or from `Exif` before it. */
  addExif(stretches: Stretch[]): Promise<void>;
}

/**
 * The most that a byte of deflate stands for (https://zlib.net/zlib_tech.html): what is inflated counts as so much, unless it has been looked at.
 */
export const MOST_INFLATED = 1032;

const inflateUpTo = promisify(inflate) as (
  deflated: Buffer,
  options: { maxOutputLength: number; finishFlush: number },
) => Promise<Buffer>;

/** Metadata are in memory as a whole, and more than once, from the moment at which libvips opens a file. */
export function openMetadataTally(window: FileWindow): MetadataTally {
  let left: number = LIMITS.embeddedMetadataBytes;
  const count = openTally('embeddedMetadataBytes');
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
      openTally('exifBytes')(length);
      checkExif(Buffer.concat(await Promise.all(stretches.map((stretch) => window.copy(stretch.at, stretch.length)))));
    },
  };
}

/** Bytes that come out before an error, or before more come out than there may. */
async function inflatedLength(deflated: Buffer, most: number): Promise<number> {
  try {
    return (await inflateUpTo(deflated, { maxOutputLength: Math.max(1, most), finishFlush: 2 })).length;
  } catch (error) {
    // What is damaged is read by nobody.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? most + 1 : 0;
  }
}
