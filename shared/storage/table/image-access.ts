import { IMAGE_TABLE } from '../../contracts/table.ts';
import type { AccessDecision, AccessTarget } from '../../domain/access.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import {
  damagedRecordError,
  type FoundImage,
  type Image,
  type ImageTable,
  type Item,
  imageDeleted,
  imageFromItems,
  imageNotFound,
  isStored,
  readFirstItems,
} from './image-table.ts';
import { invalidAttributes } from './item-validation.ts';

/** An image of which only its damaged record is left. */
interface DamagedImage {
  record?: undefined;
  complete?: undefined;
  damage: ImageServiceError;
  /** Undefined if the record does not tell whose image it was. */
  target: AccessTarget | undefined;
}

/** The record of an image, or of one that was deleted. */
interface KnownRecord {
  record: FoundImage['record'];
  /** The image with all its renditions. Only `permittedImage` asks for it, because what it takes tells how many there are. */
  complete(): Promise<FoundImage | undefined>;
}

/** An image before it is decided who may know of it. */
export type KnownImage = KnownRecord | DamagedImage;

/**
 * Reads what decides on an image, for a caller of whom it is not decided yet what he may know; undefined if there is no record. Give it to
 * `permittedImage`, which has the rest read.
 */
export async function findImage(
  table: ImageTable,
  imageId: string,
  options?: Parameters<typeof readFirstItems>[2],
): Promise<KnownImage | undefined> {
  const { first, all } = await readFirstItems(table, imageId, options);
  if (!first.record) return undefined;
  const wrong = invalidAttributes(first.record);
  if (wrong.length > 0)
    return {
      damage: damagedRecordError(`The record of the image ${imageId}`, wrong),
      target: accessTargetOf(first.record),
    };
  const known = imageFromItems(imageId, first);
  return known && { record: known.record, complete: async () => imageFromItems(imageId, await all()) };
}

/** The image if the decision is `allow`. Otherwise throws what the caller may know: `image_not_found` for everything that is hidden from him, and only what is not hidden may be deleted, damaged or held. */
export async function permittedImage(
  image: KnownImage | undefined,
  imageId: string,
  decide: (target: AccessTarget) => AccessDecision,
): Promise<Image> {
  if (!image) throw imageNotFound(imageId);
  const target: AccessTarget | undefined = image.record ?? image.target;
  const damage = image.record ? undefined : image.damage;
  const decision = target ? decide(target) : 'hide';
  // The log has the damage as the cause, whoever asked.
  if (decision === 'hide') throw imageNotFound(imageId, damage);
  if (!image.record) throw image.damage;
  if (image.record.status !== 'stored') throw imageDeleted(imageId);
  if (decision === 'hold') throw imageHeld(imageId, target);
  const complete = await image.complete();
  if (!isStored(complete)) throw imageDeleted(imageId);
  return complete;
}

/** Seconds after which a client may ask again for bytes that wait for a decision: scanners take seconds, people longer. */
const HELD_SECONDS = 30;

function imageHeld(imageId: string, target: AccessTarget | undefined): ImageServiceError {
  if (target?.moderation === 'rejected') {
    const detail = `The bytes of the image ${imageId} were rejected. Its record can be read, and the image can be deleted.`;
    return new ImageServiceError('moderation_rejected', detail);
  }
  const detail = `The bytes of the image ${imageId} are held until somebody has approved them. Try again later.`;
  return new ImageServiceError('moderation_pending', detail, { retryAfterSeconds: HELD_SECONDS });
}

/** What a record tells of who may know of it, valid or not. Undefined if it tells no owner, or two. */
export function accessTargetOf({ owner, visibility, ...others }: Item): AccessTarget | undefined {
  const owners = new Set([owner, others[IMAGE_TABLE.listIndex.partitionKey]].filter(isName));
  const [only, another] = owners;
  if (only === undefined || another !== undefined) return undefined;
  // Of a valid record that lacks it the image would be public, but this may be the attribute that was lost.
  return { owner: only, visibility: visibility === 'public' ? 'public' : 'private' };
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
