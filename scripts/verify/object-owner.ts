import { type ImageId, isImageId } from '../../shared/domain/image-id.ts';
import {
  fileOfKey,
  isBelowRenditionsOf,
  KEY_PREFIXES,
  originalKey,
  renditionHash,
} from '../../shared/domain/object-key.ts';
import { isFinal, type Rendition } from '../../shared/domain/rendition.ts';
import { type FoundImage, type Image, isStored } from '../../shared/storage/table/image-table.ts';
import type { FindingSubject } from './findings.ts';

/** Hash and extension, as `renditionKey` puts them together. */
const RENDITION_FILE = /^[0-9a-f]{32}\.[a-z]+$/;

/** The kind of object and the image to which a key belongs; no image if the key is not one of this service. */
export function ownerOfKey(key: string): { what: FindingSubject; imageId?: ImageId } {
  const [, imageId = ''] = key.split('/');
  if (!isImageId(imageId)) return { what: 'other' };
  if (key === originalKey(imageId)) return { what: 'original', imageId };
  const isRendition = isBelowRenditionsOf(imageId, key) && RENDITION_FILE.test(fileOfKey(key));
  return isRendition ? { what: 'rendition', imageId } : { what: 'other' };
}

/** Whether what a record names is the key of a rendition of its own image. A table that is damaged may name anything, also the original of another. */
export function isRenditionOf(imageId: string, key: unknown): boolean {
  if (typeof key !== 'string') return false;
  const owner = ownerOfKey(key);
  return owner.what === 'rendition' && owner.imageId === imageId;
}

const hashOfKey = (key: string): string | undefined => fileOfKey(key).split('.')[0];

/** Whether the record of a rendition names the object that its commands make. An earlier version has given others, which it may still name. */
function isMadeBy({ record }: Image, rendition: Rendition, key: string): boolean {
  return hashOfKey(key) === renditionHash(record.checksumSha256, rendition);
}

/** Whether the record of a rendition names an object that can be its own, and is of no rendition of its image that has other commands. */
export function isOwnKey(image: Image, rendition: Rendition): boolean {
  const { record, renditions } = image;
  const key = rendition.facts?.key;
  if (key === undefined || !isRenditionOf(record.imageId, key)) return false;
  if (isMadeBy(image, rendition, key)) return true;
  const own = renditionHash(record.checksumSha256, rendition);
  const others = renditions.filter((other) => renditionHash(record.checksumSha256, other) !== own);
  return !others.some((other) => other.facts?.key === key || isMadeBy(image, other, key));
}

/** Whether another record of its image names, or may name, the object of a rendition for bytes that its own record does not tell of. */
export function isNeededByOthers(image: Image, rendition: Rendition, hasDamaged: boolean): boolean {
  const { key = '', contentLength, checksumSha256 } = rendition.facts ?? {};
  if (hasDamaged && !isMadeBy(image, rendition, key)) return true;
  return image.renditions.some(
    ({ facts }) =>
      facts?.key === key && (facts.contentLength !== contentLength || facts.checksumSha256 !== checksumSha256),
  );
}

/** Whether an image has a rendition that is ready and whose record does not say which object it is. */
export const hasUnknownKeys = (image: FoundImage | undefined): boolean =>
  isStored(image) &&
  image.renditions.some(
    (rendition) => (rendition.facts || rendition.status === 'ready') && !isOwnKey(image, rendition),
  );

/** Whether an image's records tell of an object, or will as soon as what is being made is stored. */
export function isRecorded(key: string, image: FoundImage | undefined): boolean {
  if (!isStored(image)) return false;
  const { record, renditions } = image;
  if (key.startsWith(KEY_PREFIXES.originals)) return key === originalKey(record.imageId);
  return renditions.some(({ facts, status, ...pipeline }) => {
    if (facts) return facts.key === key;
    return !isFinal(status) && hashOfKey(key) === renditionHash(record.checksumSha256, pipeline);
  });
}
