import type { Readable } from 'node:stream';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import { isVariant } from '../../shared/domain/variant.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { ObjectStore, StoredObject } from '../../shared/storage/objects/object-store.ts';
import { type ProcessingQueue, sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import { inspectImage, type Taken } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import type { IncomingUpload } from './incoming-upload.ts';

/** What the upload of an image needs; tests and main.ts provide it. */
export interface UploadDependencies {
  objects: ObjectStore;
  table: ImageTable;
  queue: ProcessingQueue;
  maxInputPixels: number;
  /** Whether HEIC is taken; not if absent. */
  heic?: boolean;
  logger: Logger;
}

/** An upload that has arrived whole and passed every check. */
export interface ReceivedUpload extends StoredObject {
  contentType: string;
  width?: number;
  height?: number;
  renditions: RenditionRequest[];
}

/** What an image is given beside its bytes. */
type UploadNames = Pick<ImageRecord, 'imageId' | 'owner' | 'visibility'>;

/** Takes the bytes of an image: into the store, or nowhere when only their checksum is wanted. */
export type Sink = (
  body: Readable,
  image: { contentType: string; contentLength: number | undefined },
) => Promise<StoredObject>;

/** Reads an upload to its end, all checks included. */
export async function receive(upload: IncomingUpload, sink: Sink, taken: Taken): Promise<ReceivedUpload> {
  const { image, renditions, streams } = upload;
  return streams.during(async () => {
    const { body, ...facts } = await inspectImage(image, taken);
    const { contentType } = facts;
    const stored = await sink(streams.own(body), { contentType, contentLength: image.contentLength });
    return { ...facts, ...stored, renditions: await renditions };
  });
}

/**
 * Stores an upload: bytes, then message, then record. Until the record is there nobody can see the image, so a service that
 * dies on the way leaves no image without its renditions; a worker whose message came too early waits, and lets go of it in the end.
 */
export async function storeUpload(
  upload: IncomingUpload,
  { requestId, imageId, owner, visibility }: UploadNames & { requestId: string },
  { objects, table, queue, logger, ...taken }: UploadDependencies,
): Promise<Image> {
  const key = originalKey(imageId);
  let image: Image;
  try {
    const received = await receive(upload, (body, options) => objects.put(key, body, options), taken);
    const { renditions, ...facts } = received;
    const { fileName } = upload;
    const given = { ...(visibility && { visibility }), ...(fileName !== undefined && { fileName }) };
    image = newImage({ imageId, owner, ...given, ...facts }, renditions);
    if (renditions.length > 0) await sendMessage(queue, { imageId, requestId, renditions });
  } catch (error) {
    // What is wrong with the upload is what the client can act on, even if the store has failed too.
    await objects.delete(key).catch((err: unknown) => {
      logger.warn({ requestId, imageId, err }, 'the bytes of a failed upload could not be deleted');
    });
    throw error;
  }
  // From here on the bytes stay, whatever happens: a write that seems to have failed may have been done.
  try {
    await createImage(table, image);
  } catch (error) {
    // Unless another request with its Idempotency-Key had made the image, and it was deleted: then nobody would remove them.
    if (hasCode(error, 'image_deleted')) await objects.delete(key);
    throw error;
  }
  return image;
}

/** What two requests with one Idempotency-Key must have in common: the bytes and everything asked of them. */
export function fingerprint({
  checksumSha256,
  renditions = [],
  visibility = 'public',
}: Pick<ImageRecord, 'checksumSha256' | 'visibility'> & { renditions?: RenditionRequest[] }): string {
  // Variants were asked for later, by whoever downloaded.
  const asked = renditions
    .filter((request) => !isVariant(request))
    .map(({ name, commands, output }) => ({ name, commands, output }));
  return fingerprintOf({ checksumSha256, asked, ...(visibility !== 'public' && { visibility }) });
}
