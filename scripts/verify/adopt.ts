import { LOCAL_OWNER } from '../../shared/contracts/environment.ts';
import { hasCode, ImageServiceError } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { createImage, isConditionFailed } from '../../shared/storage/image-table.ts';
import { inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import type { Finding } from './findings.ts';
import type { Judging } from './judging.ts';
import { readAll, unreadable } from './look-at-bytes.ts';

/**
 * Makes the record of an original that has none, of what its bytes show, by the same conditional write as an upload: what has a record or a
 * tombstone by now stays as it is. Undefined then.
 */
export async function adopt(finding: Finding, { place, options, looking }: Judging): Promise<Finding | undefined> {
  const { key, imageId = '', lastModified = '' } = finding;
  try {
    const { body: whole, contentLength } = await place.objects.get(key);
    const image = { body: whole, contentLength, declaredType: undefined };
    const { body, ...facts } = await inspectImage(image, LIMITS.inputPixels);
    const stored = await readAll(body, looking);
    const { owner = LOCAL_OWNER, visibility } = options;
    const given = { imageId, owner, ...(visibility === 'private' && { visibility }) };
    await createImage(place.table, newImage({ ...given, ...facts, ...stored }, [], new Date(lastModified)));
    return { ...finding, ...stored, done: 'adopted' };
  } catch (error) {
    if (isConditionFailed(error) || hasCode(error, 'image_deleted') || hasCode(error, 'object_missing'))
      return undefined;
    const isRefused = error instanceof ImageServiceError && !error.retryable;
    return {
      ...finding,
      detail: `${finding.detail} It cannot be adopted: ${isRefused ? error.message : unreadable(error)}`,
    };
  }
}
