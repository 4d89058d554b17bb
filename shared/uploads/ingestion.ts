import { Readable, type Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Environment } from '../contracts/environment.ts';
import { formatOfMediaType, type ImageFormat } from '../domain/formats/image-format.ts';
import type { ImageId } from '../domain/image-id.ts';
import type { ImageRecord, Visibility } from '../domain/image-record.ts';
import { originalKey, receivedKey } from '../domain/object-key.ts';
import type { UploadSender } from '../domain/owner-limits.ts';
import { measureBody } from '../storage/objects/object-bodies.ts';
import type { ObjectStore, StoredObject } from '../storage/objects/object-store.ts';
import { isStreamed, metadataRemover, type PlannedFormat, plannedRemover } from './remove-metadata.ts';
import { sanitizeSvg } from './svg/sanitize-svg.ts';

/** Of which images something is removed before they are stored. */
export interface IngestionRules {
  originalMetadata: Environment['ORIGINAL_METADATA'];
  svgSanitizing: Environment['SVG_SANITIZING'];
}

export const ingestionRulesOf = (
  config: Pick<Environment, 'ORIGINAL_METADATA' | 'SVG_SANITIZING'>,
): IngestionRules => ({
  originalMetadata: config.ORIGINAL_METADATA,
  svgSanitizing: config.SVG_SANITIZING,
});

/** What is known of the bytes of an original once they are stored, by the names of its record. */
export type StoredOriginal = StoredObject & Pick<ImageRecord, 'removed' | 'uploadedChecksumSha256'>;

/** The bytes of an image on their way into the store. */
export interface ArrivingOriginal {
  imageId: ImageId;
  contentType: string;
  visibility: Visibility | undefined;
  /** Who sends it. Those who share the thread for SVGs take turns. */
  sender: UploadSender;
  /** Bytes, where known beforehand. */
  contentLength?: number | undefined;
}

/** Whether anything may have to be removed of an image of this visibility, whatever its format turns out to be. */
export const mayRemove = (rules: IngestionRules, visibility: Visibility | undefined): boolean =>
  removesMetadata(rules, visibility) || sanitizes(rules, visibility);

/** Whether something has to be removed of an image before it may be stored with this visibility. */
export function mustRemove(
  rules: IngestionRules,
  image: Pick<ArrivingOriginal, 'contentType' | 'visibility'>,
): boolean {
  return formatOf(image.contentType) === 'svg'
    ? sanitizes(rules, image.visibility)
    : removesMetadata(rules, image.visibility);
}

const removesMetadata = ({ originalMetadata }: IngestionRules, visibility: Visibility = 'public'): boolean =>
  originalMetadata === 'strip-all' || (originalMetadata === 'strip-public' && visibility === 'public');

const sanitizes = ({ svgSanitizing }: IngestionRules, visibility: Visibility = 'public'): boolean =>
  svgSanitizing === 'all' || (svgSanitizing === 'public' && visibility === 'public');

/**
 * Puts the bytes of an image under the key of its original, without what the rules remove. Those that were uploaded are never under that key, because the
 * bucket keeps and copies each version of an original. A file that has to be looked at before its first byte can be given is
 * under `received/` meanwhile. Throws what `remove-metadata` and `sanitizeSvg` throw, and then the key is as it was before.
 */
export async function storeOriginal(
  objects: ObjectStore,
  body: Readable,
  image: ArrivingOriginal & IngestionRules,
): Promise<StoredOriginal> {
  const { imageId, contentType, contentLength } = image;
  const key = originalKey(imageId);
  if (!mustRemove(image, image)) return objects.put(key, body, { contentType, contentLength });
  const format = formatOf(contentType);
  if (format === 'svg' || isStreamed(format)) return storeRewritten(objects, body, image);
  const received = await objects.put(receivedKey(imageId), body, { contentType, contentLength });
  try {
    return await storeReceived(objects, { ...image, contentLength: received.contentLength });
  } finally {
    await objects.delete(receivedKey(imageId));
  }
}

/**
 * Does the same for bytes that are under `received/`, and leaves them there. `contentLength` is theirs.
 */
export async function storeReceived(
  objects: ObjectStore,
  image: ArrivingOriginal & IngestionRules & { contentLength: number },
): Promise<StoredOriginal> {
  const { imageId, contentType, contentLength } = image;
  const { body } = await objects.get(receivedKey(imageId));
  const format = formatOf(contentType);
  if (!mustRemove(image, image)) return objects.put(originalKey(imageId), body, { contentType, contentLength });
  if (format === 'svg' || isStreamed(format)) return storeRewritten(objects, body, image);
  // The body waits for its reader meanwhile.
  const remover = await planOf(format, { objects, key: receivedKey(imageId), size: contentLength }).catch((error) => {
    body.destroy();
    throw error;
  });
  return put(objects, body, { ...image, remover });
}

function planOf(
  format: PlannedFormat,
  { objects, key, size }: { objects: ObjectStore; key: string; size: number },
): ReturnType<typeof plannedRemover> {
  const read = async (offset: number, length: number) => {
    const { body } = await objects.get(key, { start: offset, end: offset + length - 1 });
    return buffer(body);
  };
  return plannedRemover(format, { size, read });
}

/** Puts bytes that can be rewritten as they come. */
async function storeRewritten(objects: ObjectStore, body: Readable, image: ArrivingOriginal): Promise<StoredOriginal> {
  const format = formatOf(image.contentType);
  if (isStreamed(format)) return put(objects, body, { ...image, remover: metadataRemover(format) });
  const measured = measureBody(body);
  const uploaded = await buffer(body);
  const { svg, removed } = await sanitizeSvg(uploaded, nameOf(image.sender));
  const { contentType, imageId } = image;
  const stored = await objects.put(originalKey(imageId), Readable.from([svg]), {
    contentType,
    contentLength: svg.length,
  });
  return { ...stored, removed, ...changedFrom(measured(), stored) };
}

/** All who have upload tokens of an owner take turns as one, and the owner itself as another. */
const nameOf = ({ owner, tokenId }: UploadSender): string => `${tokenId === undefined ? 'owner' : 'tokens'} ${owner}`;

async function put(
  objects: ObjectStore,
  body: Readable,
  { imageId, contentType, contentLength, remover }: ArrivingOriginal & { remover: Transform & { removed(): string[] } },
): Promise<StoredOriginal> {
  const measured = measureBody(body);
  // An error of the one ends the other: the store gets that of the body by the stream that it reads.
  const putting = objects.put(originalKey(imageId), remover, { contentType, contentLength });
  const [stored] = await Promise.all([putting, pipeline(body, remover)]);
  return { ...stored, removed: remover.removed(), ...changedFrom(measured(), stored) };
}

/** The digest of what was uploaded, if that is not what is stored. */
const changedFrom = (uploaded: StoredObject, stored: StoredObject): Pick<StoredOriginal, 'uploadedChecksumSha256'> =>
  uploaded.checksumSha256 === stored.checksumSha256 ? {} : { uploadedChecksumSha256: uploaded.checksumSha256 };

function formatOf(contentType: string): ImageFormat {
  const format = formatOfMediaType(contentType);
  if (!format) throw new Error(`${contentType} is the media type of no format that is accepted`);
  return format;
}
