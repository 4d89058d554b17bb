import { ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import {
  isRegularPart,
  type StoredPart,
  type UploadRecord,
  uploadBytes,
} from '../../shared/domain/multipart-upload.ts';
import { markIrregular } from '../../shared/storage/upload-table.ts';
import type { UploadDependencies } from './dependencies.ts';
import { nameOf } from './own-upload.ts';

type Dependencies = Pick<UploadDependencies, 'objects' | 'table'>;

/** Parts that are about to be stored. */
export type ComingPart = Pick<StoredPart, 'partNumber' | 'size'>;

/**
 * Refuses parts with which an upload would be larger than declared or allowed. As long as all parts keep to the recommended size, their
 * places alone tell; from the first that does not, the object store is asked what it has. Parts that arrive at the same time do not see
 * each other there: what they exceed together is refused when the upload is completed.
 */
export async function checkRoom(upload: UploadRecord, coming: ComingPart[], dependencies: Dependencies): Promise<void> {
  if (!upload.irregular && coming.every((part) => isRegularPart(upload, part))) return;
  const replaced = new Set(coming.map(({ partNumber }) => partNumber));
  const stored = await listAllParts(upload, dependencies);
  const staying = stored.filter(({ partNumber }) => !replaced.has(partNumber));
  const actual = [...staying, ...coming].reduce((sum, { size }) => sum + size, 0);
  const limit = uploadBytes(upload);
  if (actual > limit) throw overflow(upload, actual);
  if (!upload.irregular) {
    await markIrregular(dependencies.table, upload.uploadId);
    // The record at hand serves the parts of the next second too.
    upload.irregular = true;
  }
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
