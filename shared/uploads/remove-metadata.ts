import type { ImageFormat } from '../domain/formats/image-format.ts';
import { walkGif } from './metadata/gif.ts';
import { planHeif } from './metadata/heif.ts';
import { walkJpeg } from './metadata/jpeg.ts';
import { type MetadataRemover, removerOf } from './metadata/passing-bytes.ts';
import { walkPng } from './metadata/png.ts';
import type { RandomAccess } from './metadata/random-access.ts';
import { applyPatches } from './metadata/removal-plan.ts';
import { planTiff } from './metadata/tiff.ts';
import { walkWebp } from './metadata/webp.ts';
import { openWork, type Work } from './metadata/work.ts';

/*
 * Removes personal metadata from an original without decoding it: they are overwritten by as many bytes that mean nothing. So the length is the
 * same, every offset in the file stays true, and the pixels are the same to the bit.
 *
 * All walks keep what they know and overwrite the rest, so that what nobody has heard of does not stay. A file that cannot be gone through to its
 * end, or whose parts share bytes, is refused with `image_unreadable`; its stream ends with that error, and what has come out of it by then
 * is not to be kept. What lies within the compressed pixels, and colour profiles, stay. SVG, which is a text, has no place here.
 */

/** Formats whose parts follow each other, so that metadata are found as they pass. They are read once, and nothing grows with the file. */
const STREAMED = { jpeg: walkJpeg, png: walkPng, webp: walkWebp, gif: walkGif } as const;

/** Formats whose tables say what lies where, and may come behind it. */
const PLANNED = { tiff: planTiff, avif: planHeif, heic: planHeif } as const;

export type StreamedFormat = keyof typeof STREAMED;
export type PlannedFormat = keyof typeof PLANNED;

/** Whether `metadataRemover` takes a format. It is no shorter way to plan it: a plan for a JPEG would have to read all of it first. */
export const isStreamed = (format: ImageFormat): format is StreamedFormat => format in STREAMED;

/** A stream for the bytes of an image, from the first to the last, that removes its metadata. */
export const metadataRemover = (format: StreamedFormat, work?: Work): MetadataRemover =>
  removerOf(STREAMED[format], work);

/**
 * Looks at the tables of a file, in reads of 256 KiB, of which there are few, and makes a stream for the bytes of that file. It takes some 100 bytes for each
 * strip, tile or item; the same bytes must come as were read, which nobody checks but for their number.
 */
export async function plannedRemover(
  format: PlannedFormat,
  file: RandomAccess,
  work: Work = openWork(),
): Promise<MetadataRemover> {
  const patches = await PLANNED[format](file, work);
  return removerOf((bytes) => applyPatches(bytes, patches, file.size), work);
}
