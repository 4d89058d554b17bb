import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';

/** The parts that decoders go through one by one before, or while, they decode pixels. */
const COUNTED = {
  jpegScans: 'scans',
  jpegSegments: 'segments',
  pngChunks: 'chunks',
  webpChunks: 'chunks',
  avifBoxes: 'boxes',
  avifItems: 'items',
  avifParts: 'properties, references and units of data',
  gifParts: 'frames and extensions',
  gifBlocks: 'blocks',
  tiffDirectories: 'directories',
  exifDirectories: 'directories of EXIF',
  exifFields: 'fields of EXIF',
  exifBytes: 'bytes of EXIF',
  embeddedMetadataBytes: 'bytes of metadata',
  tiffFieldBytes: 'bytes of fields beside its pixels',
} as const satisfies Partial<Record<keyof typeof LIMITS, string>>;

export type Counted = keyof typeof COUNTED;

/** Counts parts of one kind, one or so many at a time, and refuses a file at the first above the limit. */
export function openPartCounter(counted: Counted): (more?: number) => void {
  const limit = LIMITS[counted];
  let actual = 0;
  return (more = 1) => {
    actual += more;
    if (actual <= limit) return;
    const detail = `The image has ${actual} ${COUNTED[counted]} at least; the limit is ${limit}.`;
    throw new ImageServiceError('image_unreadable', detail, { limit, actual });
  };
}
