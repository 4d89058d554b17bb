import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import {
  isRegularPart,
  regularPartBytes,
  type StoredPart,
  type UploadRecord,
  uploadBytes,
} from '../../shared/domain/multipart-upload.ts';
import { markIrregular, readUpload } from '../../shared/storage/upload-table.ts';
import type { UploadDependencies } from './dependencies.ts';
import { nameOf } from './own-upload.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'>;

/** A part that is about to be stored. */
export type ComingPart = Pick<StoredPart, 'partNumber' | 'size'>;

/**
 * Refuses a part with which an upload would be larger than declared or allowed. As long as all parts keep to the recommended size, their
 * places alone tell; from the first that does not, the object store is asked what it has. Parts that arrive at the same time do not see
 * each other there: what they exceed together is refused when the upload is completed. Whoever has URLs of parts could go on for ever, so from
 * the first URL on every part must keep to its place.
 */
export async function checkRoom(upload: UploadRecord, coming: ComingPart, dependencies: Dependencies): Promise<void> {
  if (!upload.irregular && isRegularPart(upload, coming)) return;
  if (upload.signed) throw partTooLarge(upload, coming);
  const stored = await listAllParts(upload, dependencies);
  const staying = stored.filter(({ partNumber }) => partNumber !== coming.partNumber);
  const actual = staying.reduce((sum, { size }) => sum + size, coming.size);
  const limit = uploadBytes(upload);
  if (actual > limit) throw overflow(upload, actual);
  if (upload.irregular) return;
  const { table } = dependencies;
  // That it is no longer open the object store knows as well.
  if (!(await markIrregular(table, upload.uploadId)) && (await readUpload(table, upload.uploadId))?.upload.signed) {
    throw partTooLarge(upload, coming);
  }
  // The record at hand serves the parts of the next second too.
  upload.irregular = true;
}

/** The refusal of a part that goes beyond its place, where places are all that holds an upload to its size. */
export function partTooLarge(upload: UploadRecord, { partNumber, size }: ComingPart): ImageServiceError {
  const limit = regularPartBytes(upload, partNumber);
  const places = `every part has ${upload.partSize}, and the last what is left`;
  const room = limit === 0 ? 'lies behind the end of the image' : `may have ${limit} bytes, not ${size}`;
  const detail = `Part ${partNumber} ${room}: where URLs of parts are signed, ${places}.`;
  return new ImageServiceError('part_too_large', detail, { limit, actual: size, unit: 'bytes' });
}

export function overflow(upload: UploadRecord, actual: number): ImageServiceError {
  const limit = uploadBytes(upload);
  const reason = upload.contentLength === undefined ? 'an upload may have' : 'were declared for the whole image';
  const detail = `With this there would be ${actual} bytes, and ${limit} ${reason}.`;
  return new ImageServiceError('upload_too_large', detail, { limit, actual, unit: 'bytes' });
}

/** Every part that the object store has; ten requests at most. */
export async function listAllParts(upload: UploadRecord, { objects }: Dependencies): Promise<StoredPart[]> {
  const all: StoredPart[] = [];
  let partNumberMarker: number | undefined = 0;
  while (partNumberMarker !== undefined) {
    const page = await objects.listParts(nameOf(upload), { maxParts: LIMITS.partsPerPage, partNumberMarker });
    all.push(...page.parts);
    partNumberMarker = page.nextPartNumberMarker;
  }
  return all;
}
