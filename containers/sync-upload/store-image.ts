import { finished } from 'node:stream/promises';
import type { Request } from '@hapi/hapi';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { askedFor, economised } from '../../shared/domain/economy-mode.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { SettledRequest } from '../../shared/domain/rendition.ts';
import { isVariant } from '../../shared/domain/variant.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import { measureBody } from '../../shared/storage/objects/object-bodies.ts';
import type { ObjectStore, StoredObject } from '../../shared/storage/objects/object-store.ts';
import { type ProcessingQueue, sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import { type AcceptedImages, inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import { type IncomingUpload, openUpload } from './incoming-upload.ts';

/** What the upload of an image needs. */
export interface UploadDependencies extends AcceptedImages {
  objects: ObjectStore;
  table: ImageTable;
  queue: ProcessingQueue;
  logger: Logger;
  economyMode: EconomyMode;
}

/** What an image is given beside its bytes. */
type UploadNames = Pick<ImageRecord, 'imageId' | 'owner' | 'visibility'> & { requestId: string };

/** An upload that has arrived whole and passed every check. */
interface ReceivedUpload extends StoredObject {
  contentType: string;
  width?: number;
  height?: number;
  renditions: RenditionRequest[];
}

/**
 * Stores an upload: bytes, then message, then record. Until the record is there nobody can see the image, so a service that
 * dies on the way leaves no image without its renditions; a worker whose message came too early waits, and drops it in the end.
 */
export async function storeImage(
  request: Request,
  { requestId, imageId, owner, visibility }: UploadNames,
  dependencies: UploadDependencies,
): Promise<Image> {
  const { objects, table, queue, logger, economyMode } = dependencies;
  const upload = await openUpload(request, dependencies);
  let image: Image;
  try {
    const { renditions: asked, ...facts } = await receiveIntoStore(upload, imageId, dependencies);
    const renditions = economyMode.isOn() ? asked.map(economised) : asked;
    const { fileName } = upload;
    const given = { ...(visibility && { visibility }), ...(fileName !== undefined && { fileName }) };
    image = newImage({ imageId, owner, ...given, ...facts }, renditions);
    if (renditions.length > 0) await sendMessage(queue, { imageId, requestId, renditions });
  } catch (error) {
    // The client can act on what is wrong with the upload, so that is the error it gets, even if the store has failed too.
    await objects.delete(originalKey(imageId)).catch((err: unknown) => {
      logger.warn({ requestId, imageId, err }, 'the bytes of a failed upload could not be deleted');
    });
    throw error;
  }
  // From here on the bytes stay, whatever happens: a write that seems to have failed may have been done.
  try {
    await createImage(table, image);
  } catch (error) {
    // The exception is an image that another request with this Idempotency-Key had made, and that was deleted: nobody else would remove the bytes.
    if (hasCode(error, 'image_deleted')) await objects.delete(originalKey(imageId));
    throw error;
  }
  return image;
}

/** Reads an upload to its end, all checks included, and puts its bytes into the store. */
async function receiveIntoStore(
  { image, renditions, streams }: IncomingUpload,
  imageId: string,
  { objects, ...accepted }: UploadDependencies,
): Promise<ReceivedUpload> {
  return streams.during(async () => {
    const { body, ...facts } = await inspectImage(image, accepted);
    const options = { contentType: facts.contentType, contentLength: image.contentLength };
    const stored = await objects.put(originalKey(imageId), streams.own(body), options);
    return { ...facts, ...stored, renditions: await renditions };
  });
}

/** The fingerprint of the upload in a request, which is read to its end with all checks and stored nowhere. */
export async function fingerprintOfRequest(
  request: Request,
  visibility: ImageRecord['visibility'],
  accepted: AcceptedImages,
): Promise<string> {
  const { image, renditions, streams } = await openUpload(request, accepted);
  return streams.during(async () => {
    const { body } = await inspectImage(image, accepted);
    const measured = measureBody(streams.own(body));
    await finished(body);
    const { checksumSha256 } = measured();
    return uploadFingerprint({ checksumSha256, renditions: await renditions, ...(visibility && { visibility }) });
  });
}

/** What two requests with one Idempotency-Key must have in common: the bytes and everything that is asked of them. */
export function uploadFingerprint({
  checksumSha256,
  renditions = [],
  visibility = 'public',
}: Pick<ImageRecord, 'checksumSha256' | 'visibility'> & { renditions?: SettledRequest[] }): string {
  // Variants do not count, because whoever downloaded the image asked for them later.
  const asked = renditions.filter((request) => !isVariant(request)).map(askedFor);
  return fingerprintOf({ checksumSha256, asked, ...(visibility !== 'public' && { visibility }) });
}
