import { finished } from 'node:stream/promises';
import type { Request } from '@hapi/hapi';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { askedFor, economised } from '../../shared/domain/economy-mode.ts';
import { hasCode } from '../../shared/domain/errors.ts';
import { fingerprintOf } from '../../shared/domain/fingerprint.ts';
import type { ImageRecord, Visibility } from '../../shared/domain/image-record.ts';
import { type ModerationSetting, moderationOfNew } from '../../shared/domain/moderation.ts';
import { originalKey } from '../../shared/domain/object-key.ts';
import type { CountedRenditions, OwnerLimits, Reservation } from '../../shared/domain/owner-limits.ts';
import type { SettledRequest } from '../../shared/domain/rendition.ts';
import type { TransformationCheck } from '../../shared/domain/transformation-control.ts';
import { type UploadToken, withinBounds } from '../../shared/domain/upload-token.ts';
import { isVariant } from '../../shared/domain/variant.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import type { EconomyMode } from '../../shared/services/economy-mode.ts';
import { measureBody } from '../../shared/storage/objects/object-bodies.ts';
import type { ObjectStore } from '../../shared/storage/objects/object-store.ts';
import { type ProcessingQueue, sendMessage } from '../../shared/storage/queues/processing-queue.ts';
import { isConditionFailed } from '../../shared/storage/table/conditional-write.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';
import { createImage } from '../../shared/storage/table/image-writes.ts';
import { type IngestionRules, type StoredOriginal, storeOriginal } from '../../shared/uploads/ingestion.ts';
import { type AcceptedImages, inspectImage } from '../../shared/uploads/inspect-image.ts';
import { newImage } from '../../shared/uploads/new-image.ts';
import { withCheckedOriginal } from './checked-original.ts';
import { type IncomingUpload, openUpload } from './incoming-upload.ts';

/** What the upload of an image needs. */
export interface UploadDependencies extends AcceptedImages, IngestionRules {
  objects: ObjectStore;
  table: ImageTable;
  queue: ProcessingQueue;
  logger: Logger;
  economyMode: EconomyMode;
  limits: OwnerLimits;
  checkTransformations: TransformationCheck;
  /** Who may see an image whose upload does not say it. */
  defaultVisibility: Visibility;
  /** Which images wait for a decision before their bytes are delivered. */
  moderation: ModerationSetting;
}

/** By what it is decided what an upload becomes, beside its bytes and the renditions that it asks for. */
export interface UploadRules {
  /** As the request asks for it. */
  visibility?: Visibility | undefined;
  /** The token of a request that came with one. */
  token?: UploadToken | undefined;
}

/** What an image is given beside its bytes. */
export interface UploadNames extends Pick<ImageRecord, 'imageId' | 'owner'>, UploadRules {
  requestId: string;
  /** Throws if another request may have stored the image meanwhile, whose bytes are not to be touched. Absent if no other can. */
  checkClaim?(): Promise<void>;
}

type Checks = Pick<UploadDependencies, keyof AcceptedImages | 'checkTransformations'>;

/** An upload that has arrived whole and passed every check. */
interface ReceivedUpload extends StoredOriginal {
  contentType: string;
  width?: number;
  height?: number;
  /** The renditions that the request asks for. */
  renditions: RenditionRequest[];
}

interface Settled extends Pick<UploadRules, 'visibility'> {
  renditions: RenditionRequest[];
  metadata?: Record<string, string> | undefined;
}

/**
 * Stores an upload: bytes, then message, then record. Until the record is there nobody can see the image, so a service that
 * dies on the way leaves no image without its renditions; a worker whose message came too early waits, and drops it in the end.
 */
export async function storeImage(
  request: Request,
  { requestId, imageId, owner, checkClaim, ...rules }: UploadNames,
  dependencies: UploadDependencies,
): Promise<Image> {
  const { table, queue, logger, economyMode, limits } = dependencies;
  const objects = checkClaim ? withCheckedOriginal(dependencies.objects, imageId, checkClaim) : dependencies.objects;
  const upload = await openRuledUpload(request, rules, dependencies);
  let image: Image;
  let place: Reservation | undefined;
  let counted: CountedRenditions | undefined;
  try {
    const { renditions: asked, ...facts } = await receiveIntoStore(
      upload,
      { imageId, owner, ...rules },
      { ...dependencies, objects },
    );
    const made = settledBy(rules, asked, dependencies);
    const { renditions: settled, visibility = dependencies.defaultVisibility, metadata } = made;
    const renditions = economyMode.isOn() ? settled.map(economised) : settled;
    const fileName = metadata?.filename ?? upload.fileName;
    const given = {
      visibility,
      ...moderationOfNew(dependencies.moderation, { visibility }),
      ...(metadata && { metadata }),
      ...(fileName !== undefined && { fileName }),
    };
    limits.checkRenditions(renditions.length);
    place = await limits.reserveImage({ imageId, owner, ...facts });
    image = newImage({ imageId, owner, ...given, ...facts, countedAs: place.countedAs }, renditions);
    counted = await limits.takeRenditions(owner, renditions.length);
    if (renditions.length > 0) await sendMessage(queue, { imageId, requestId, renditions });
  } catch (error) {
    await place?.giveBack();
    await counted?.giveBack();
    // The client can act on what is wrong with the upload, so that is the error it gets, even if the store has failed too.
    const remove = async () => {
      await checkClaim?.();
      await objects.delete(originalKey(imageId));
    };
    await remove().catch((err: unknown) => {
      logger.warn({ requestId, imageId, err }, 'the bytes of a failed upload could not be deleted');
    });
    throw error;
  }
  // From here on the bytes stay, whatever happens: a write that seems to have failed may have been done.
  try {
    await createImage(table, image);
  } catch (error) {
    if (isConditionFailed(error) || hasCode(error, 'image_deleted')) {
      await place.giveBack();
      await counted.giveBack();
    }
    // The exception is an image that another request with this Idempotency-Key had made, and that was deleted: nobody else would remove the bytes.
    if (hasCode(error, 'image_deleted')) await objects.delete(originalKey(imageId));
    throw error;
  }
  await place.settle();
  return image;
}

/** Opens an upload; refuses, before a byte is read, what its query asks for beyond the bounds of its token. */
function openRuledUpload(request: Request, rules: UploadRules, checks: Checks): Promise<IncomingUpload> {
  settledBy(rules, (request.query.rendition as RenditionRequest[] | undefined) ?? [], checks);
  return openUpload(request, checks, rules.token);
}

/** What is made of an upload that asks for these renditions. Those of a token were checked when it was made. */
function settledBy(
  { token, visibility }: UploadRules,
  renditions: RenditionRequest[],
  { checkTransformations }: Pick<Checks, 'checkTransformations'>,
): Settled {
  if (token) return withinBounds(token, { renditions, visibility });
  checkTransformations(renditions);
  return { renditions, visibility };
}

/** Reads an upload to its end, all checks included, and puts its bytes into the store. */
async function receiveIntoStore(
  { image, renditions, streams, types }: IncomingUpload,
  { imageId, owner, ...rules }: Pick<ImageRecord, 'imageId' | 'owner'> & UploadRules,
  { objects, limits, ...accepted }: UploadDependencies,
): Promise<ReceivedUpload> {
  return streams.during(async () => {
    await limits.checkStorage(owner, image.contentLength ?? 1);
    const { body, ...facts } = await inspectImage(image, { ...accepted, types });
    const { visibility = accepted.defaultVisibility } = settledBy(rules, [], accepted);
    const { contentType } = facts;
    const sender = { owner, tokenId: rules.token?.tokenId };
    const arriving = { imageId, visibility, sender, contentType, contentLength: image.contentLength };
    const stored = await storeOriginal(objects, streams.own(body), { ...accepted, ...arriving });
    return { ...facts, ...stored, renditions: await renditions };
  });
}

/** The fingerprint of the upload in a request, which is read to its end with all checks and stored nowhere. */
export async function fingerprintOfRequest(request: Request, rules: UploadRules, checks: Checks): Promise<string> {
  const { image, renditions: asked, streams, types } = await openRuledUpload(request, rules, checks);
  return streams.during(async () => {
    const { body } = await inspectImage(image, { ...checks, types });
    const measured = measureBody(streams.own(body));
    await finished(body);
    const { checksumSha256 } = measured();
    const { renditions } = settledBy(rules, await asked, checks);
    return uploadFingerprint({ checksumSha256, renditions });
  });
}

/** What two requests with one Idempotency-Key must have in common, visibility aside: the bytes and everything that is asked of them. */
export function uploadFingerprint({
  checksumSha256,
  uploadedChecksumSha256 = checksumSha256,
  renditions = [],
}: Pick<ImageRecord, 'checksumSha256' | 'uploadedChecksumSha256'> & { renditions?: SettledRequest[] }): string {
  // Variants do not count, because whoever downloaded the image asked for them later.
  const asked = renditions.filter((request) => !isVariant(request)).map(askedFor);
  return fingerprintOf({ checksumSha256: uploadedChecksumSha256, asked });
}
