import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  IMAGE_TABLE,
  openUploadsListOf,
  TOMBSTONE_SECONDS,
  uploadPartition,
  uploadSortKey,
} from '../../contracts/table.ts';
import { namesOf, pick } from '../../domain/attributes.ts';
import type { Tombstone } from '../../domain/image-record.ts';
import { isUnderWay, UPLOAD_ATTRIBUTES, UPLOAD_TRANSITIONS, type UploadRecord } from '../../domain/multipart-upload.ts';
import { isClaimHeld, LAPSED, lapsedNow } from './claim-expiry.ts';
import { type ItemUpdate, unlessConditionFails, updateItem } from './conditional-write.ts';
import { damagedRecordError, epochSeconds, type ImageTable, type Item, isExpired, removeItems } from './image-table.ts';
import { invalidAttributes, isValidItem } from './item-validation.ts';
import { uncountOpenUpload } from './open-uploads.ts';

/** Seconds for which a record is kept after its upload has ended, so that clients can ask about the outcome. */
export const UPLOAD_KEPT_SECONDS = 7 * 24 * 60 * 60;

const itemKey = (uploadId: string) => ({
  [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId),
  [IMAGE_TABLE.sortKey]: uploadSortKey,
});

/** The item holds the completion claim beside the record. */
export interface UploadItem extends UploadRecord {
  token?: string;
  claimedUntil?: number;
}

/** The value for items that no longer have renditions. */
const NO_RENDITIONS: Partial<UploadRecord> = { renditions: [] };

const NAMES = namesOf<keyof UploadRecord, string>(UPLOAD_ATTRIBUTES, 'never', 'each', 'completion', 'deletion');

/** Writes the record of a new upload. Resolves to false if there is one with its id already, which only an upload token can have begun. */
export async function createUploadRecord({ documents, tableName }: ImageTable, upload: UploadRecord): Promise<boolean> {
  const removeAfter = epochSeconds(Date.parse(upload.validUntil)) + UPLOAD_KEPT_SECONDS;
  const { listIndex, timeToLiveAttribute } = IMAGE_TABLE;
  const listed = {
    [listIndex.partitionKey]: openUploadsListOf(upload.owner),
    [listIndex.sortKey]: upload.createdAt,
  };
  const Item = {
    ...itemKey(upload.uploadId),
    ...listed,
    ...pick(upload, NAMES),
    [timeToLiveAttribute]: removeAfter,
  };
  const written = await unlessConditionFails(
    documents.send(
      new PutCommand({
        TableName: tableName,
        Item,
        // The record is our own if the answer to the write was lost and the SDK sent it again.
        ConditionExpression: `attribute_not_exists(${IMAGE_TABLE.partitionKey}) OR storeUploadId = :own`,
        ExpressionAttributeValues: { ':own': upload.storeUploadId },
      }),
    ),
  );
  return written !== undefined;
}

export interface FoundUpload {
  /** An upload that has ended has only the attributes that UPLOAD_ATTRIBUTES keeps. */
  upload: UploadRecord;
  /** Whether somebody is completing the upload and was alive a moment ago. */
  isHeld: boolean;
}

/**
 * Reads an upload; undefined if there is none or it is not one of those that are allowed, which is decided before anything else is said of it, such as that
 * its record is damaged. The read is strongly consistent, because parts follow the creation within milliseconds.
 */
export async function readUpload(
  { documents, tableName }: ImageTable,
  uploadId: string,
  isAllowed: (upload: UploadRecord) => boolean = () => true,
): Promise<FoundUpload | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName, Key: itemKey(uploadId), ConsistentRead: true }),
  );
  if (!Item || isExpired(Item) || !isAllowed(Item as unknown as UploadRecord)) return undefined;
  const wrong = invalidAttributes(Item);
  if (wrong.length > 0) throw damagedRecordError(`The record of the upload ${uploadId}`, wrong);
  const upload = { ...NO_RENDITIONS, ...pick(Item, NAMES) } as unknown as UploadRecord;
  const isHeld = upload.status === 'completing' && isClaimHeld(Item.claimedUntil);
  return { upload, isHeld };
}

/**
 * Replaces the upload of a deleted image by a tombstone that is kept for as long as the tombstone of the image. A completion that is still
 * under way then fails.
 */
export async function writeUploadTombstone(
  table: ImageTable,
  { uploadId, imageId, owner, deletedAt }: Tombstone,
): Promise<void> {
  if (uploadId === undefined) return;
  const removeAfter = epochSeconds(Date.parse(deletedAt)) + TOMBSTONE_SECONDS;
  const left = { uploadId, imageId, owner, status: UPLOAD_TRANSITIONS.finish.to };
  const before = await unlessConditionFails(
    table.documents.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...itemKey(uploadId), ...left, [IMAGE_TABLE.timeToLiveAttribute]: removeAfter },
        ConditionExpression: `attribute_exists(${IMAGE_TABLE.partitionKey})`,
        ReturnValues: 'ALL_OLD',
      }),
    ),
  );
  if (before) await uncountEnded(table, before.Attributes ?? {});
}

/** Stops counting an upload that was open until now. */
async function uncountEnded(table: ImageTable, before: Item): Promise<void> {
  if (!isValidItem(before)) return;
  const upload = before as unknown as UploadRecord;
  if (isUnderWay(upload.status)) await uncountOpenUpload(table, upload);
}

/**
 * Records, before an irregular part is stored, that not all parts of an upload satisfy `isRegularPart`. Resolves to false if the upload is no longer
 * open or URLs of its parts have been signed.
 */
export const markIrregular = (table: ImageTable, uploadId: string): Promise<boolean> =>
  mark(table, uploadId, { irregular: true, unless: 'signed' });

/** Records, before a part URL is signed, that all parts of an upload must satisfy `isRegularPart`. Resolves to false if the upload is no longer open or is irregular. */
export const markSigned = (table: ImageTable, uploadId: string): Promise<boolean> =>
  mark(table, uploadId, { signed: true, unless: 'irregular' });

/** Sets one of the two marks, never both: each requires that the other is absent. */
const mark = (
  table: ImageTable,
  uploadId: string,
  { unless, ...set }: Pick<UploadRecord, 'irregular' | 'signed'> & { unless: 'irregular' | 'signed' },
): Promise<boolean> =>
  updateUpload(table, uploadId, {
    set,
    // An upload whose completion died with its process counts as open.
    condition: `(#status = :open OR (#status = :completing AND ${LAPSED})) AND attribute_not_exists(${unless})`,
    values: { ':open': 'open', ':completing': UPLOAD_TRANSITIONS.claim.to, ...lapsedNow() },
  });

/** Removes the item of an upload that has expired, or is damaged. */
export const removeUploadItem = (table: ImageTable, uploadId: string): Promise<void> =>
  removeItems(table, [itemKey(uploadId)]);

/** What the record of an upload loses when it ends without an image. */
export const FORGOTTEN_WITHOUT_IMAGE = namesOf<keyof UploadRecord, string>(UPLOAD_ATTRIBUTES, 'each', 'completion');

/** Resolves to false if a live holder is completing the upload, or it has ended otherwise than by an abort. */
export function abortUploadRecord(table: ImageTable, uploadId: string): Promise<boolean> {
  const { to, from } = UPLOAD_TRANSITIONS.abort;
  const values = Object.fromEntries(from.map((status, index) => [`:from${index}`, status]));
  const lapsed = `#status = :completing AND ${LAPSED}`;
  return updateUpload(table, uploadId, {
    set: { status: to },
    remove: FORGOTTEN_WITHOUT_IMAGE,
    condition: `#status IN (${Object.keys(values).join(', ')}) OR (${lapsed})`,
    values: { ...values, ':completing': UPLOAD_TRANSITIONS.claim.to, ...lapsedNow() },
  });
}

/** The attributes that put an open upload into the list of its owner's. */
const LISTED_NAMES = [IMAGE_TABLE.listIndex.partitionKey, IMAGE_TABLE.listIndex.sortKey];

type UploadUpdate = Omit<ItemUpdate, 'key' | 'add' | 'returnValues'> & { set: Partial<UploadItem> };

/** Updates an upload if the condition holds, and resolves to whether it did. An upload that ends with this update is no longer listed or counted as open. */
export async function updateUpload(
  table: ImageTable,
  uploadId: string,
  { set, ...changes }: UploadUpdate,
): Promise<boolean> {
  const names = ['status', ...(changes.names ?? [])];
  const isEnd = set.status !== undefined && !isUnderWay(set.status);
  const remove = [...(changes.remove ?? []), ...(isEnd ? LISTED_NAMES : [])];
  const update = { ...changes, key: itemKey(uploadId), set, remove, names };
  const before = await updateItem(table, { ...update, returnValues: 'ALL_OLD' });
  if (before && isEnd) await uncountEnded(table, before);
  return before !== undefined;
}
