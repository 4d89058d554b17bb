import { type ImageId, isImageId } from '../../shared/domain/image-id.ts';
import {
  fileOfKey,
  KEY_PREFIXES,
  originalKey,
  renditionHash,
  renditionsPrefix,
} from '../../shared/domain/object-key.ts';
import { isFinal } from '../../shared/domain/rendition.ts';
import { type FoundImage, isStored } from '../../shared/storage/image-table.ts';
import type { What } from './findings.ts';

/** Hash and extension, as `renditionKey` puts them together. */
const RENDITION_FILE = /^[0-9a-f]{32}\.[a-z]+$/;

/** What a key is of, and of which image; no image where nothing of ours has such a key. */
export function ownerOfKey(key: string): { what: What; imageId?: ImageId } {
  const [, imageId = ''] = key.split('/');
  if (!isImageId(imageId)) return { what: 'other' };
  if (key === originalKey(imageId)) return { what: 'original', imageId };
  const isRendition = key === renditionsPrefix(imageId) + fileOfKey(key) && RENDITION_FILE.test(fileOfKey(key));
  return isRendition ? { what: 'rendition', imageId } : { what: 'other' };
}

/** Whether what a record names is the key of a rendition of its own image. A table that is damaged may name anything, also the original of another. */
export function isRenditionOf(imageId: string, key: unknown): boolean {
  if (typeof key !== 'string') return false;
  const owner = ownerOfKey(key);
  return owner.what === 'rendition' && owner.imageId === imageId;
}

/** Whether an image has a rendition that is ready and whose record does not say which object it is. */
export const hasUnknownKeys = (image: FoundImage | undefined): boolean =>
  isStored(image) &&
  image.renditions.some(
    ({ status, facts }) => (facts || status === 'ready') && !isRenditionOf(image.record.imageId, facts?.key),
  );

/** Whether an image's records tell of an object, or will as soon as what is being made is stored. */
export function isRecorded(key: string, image: FoundImage | undefined): boolean {
  if (!isStored(image)) return false;
  const { record, renditions } = image;
  if (key.startsWith(KEY_PREFIXES.originals)) return key === originalKey(record.imageId);
  return renditions.some(({ facts, status, ...pipeline }) => {
    if (facts) return facts.key === key;
    return !isFinal(status) && fileOfKey(key).split('.')[0] === renditionHash(record.checksumSha256, pipeline);
  });
}
