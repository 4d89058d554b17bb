import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, TOMBSTONE_SECONDS, uploadPartition, uploadSortKey } from '../contracts/table.ts';
import { namesOf, pick } from '../domain/attributes.ts';
import type { Failure } from '../domain/errors.ts';
import type { Tombstone } from '../domain/image-record.ts';
import { isUnderWay, UPLOAD_ATTRIBUTES, UPLOAD_TRANSITIONS, type UploadRecord } from '../domain/multipart-upload.ts';
import { isWhole, wrongAttributes } from './damaged-items.ts';
import { CLAIM_SECONDS, isHeldUntil, latestClaim } from './idempotency.ts';
import { epochSeconds, type ImageTable, type Item, isConditionFailed, isPast, recordDamaged } from './image-table.ts';
import { uncountOpenUpload } from './open-uploads.ts';

/** Seconds that a record stays beyond the end of its upload, to answer what became of it. */
export const UPLOAD_KEPT_SECONDS = 7 * 24 * 60 * 60;

/** The right to complete an upload, held while that is under way. */
export interface CompletionClaim {
  uploadId: string;
  token: string;
}

const itemKey = (uploadId: string) => ({
  [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId),
  [IMAGE_TABLE.sortKey]: uploadSortKey,
});

/** What an item holds beside the record: the claim. */
interface UploadItem extends UploadRecord {
  token?: string;
  claimedUntil?: number;
}

/** Where they have gone already. */
const NO_RENDITIONS: Partial<UploadRecord> = { renditions: [] };

const NAMES = namesOf<keyof UploadRecord, string>(UPLOAD_ATTRIBUTES, 'never', 'each', 'completion', 'deletion');

export async function createUpload({ documents, tableName }: ImageTable, upload: UploadRecord): Promise<void> {
  const removeAfter = epochSeconds(Date.parse(upload.validUntil)) + UPLOAD_KEPT_SECONDS;
  const Item = { ...itemKey(upload.uploadId), ...pick(upload, NAMES), [IMAGE_TABLE.timeToLiveAttribute]: removeAfter };
  await documents.send(new PutCommand({ TableName: tableName, Item }));
}

export interface FoundUpload {
  /** Of one that has ended, what UPLOAD_ATTRIBUTES says is left. */
  upload: UploadRecord;
  /** Somebody is completing it, and still alive a moment ago. */
  isHeld: boolean;
}

/** Reads an upload as it is now: parts follow its creation within milliseconds, so this read is consistent. */
export async function readUpload(
  { documents, tableName }: ImageTable,
  uploadId: string,
): Promise<FoundUpload | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName, Key: itemKey(uploadId), ConsistentRead: true }),
  );
  if (!Item || isPast(Item)) return undefined;
  const wrong = wrongAttributes(Item);
  if (wrong.length > 0) throw recordDamaged(`The record of the upload ${uploadId}`, wrong);
  const upload = { ...NO_RENDITIONS, ...pick(Item, NAMES) } as unknown as UploadRecord;
  const isHeld = upload.status === 'completing' && isHeldUntil(Item.claimedUntil);
  return { upload, isHeld };
}

/**
 * Leaves of an upload whose image was deleted that there was one, for as long as the image's tombstone says it of the image. Whoever is still
 * completing it comes too late.
 */
export async function forgetUpload(
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
  if (before) await uncountEnded(table, before);
}

/** An upload that was open until now is open no more. */
async function uncountEnded(table: ImageTable, before: Item): Promise<void> {
  if (!isWhole(before)) return;
  const { owner, createdAt, status } = before as unknown as UploadRecord;
  if (isUnderWay(status)) await uncountOpenUpload(table, { owner, createdAt });
}

/** Of a claim: its holder has died, or has had another clock. */
const LAPSED = '(claimedUntil < :now OR claimedUntil > :latest OR attribute_not_exists(claimedUntil))';
const lapsedNow = () => ({ ':now': epochSeconds(), ':latest': latestClaim() });

/**
 * Notes, before such a part is stored, that the parts of an upload do not all keep to `isRegularPart`. False: it is no longer open, or URLs of its
 * parts have been signed.
 */
export const markIrregular = (table: ImageTable, uploadId: string): Promise<boolean> =>
  mark(table, uploadId, { irregular: true, unless: 'signed' });

/** Notes, before a URL of a part is signed, that all parts of an upload must keep to `isRegularPart`. False: it is no longer open, or irregular. */
export const markSigned = (table: ImageTable, uploadId: string): Promise<boolean> =>
  mark(table, uploadId, { signed: true, unless: 'irregular' });

/** One of the two, never both: the condition of each is that the other is not there. */
const mark = (
  table: ImageTable,
  uploadId: string,
  { unless, ...set }: Pick<UploadRecord, 'irregular' | 'signed'> & { unless: 'irregular' | 'signed' },
): Promise<boolean> =>
  update(table, uploadId, {
    set,
    // One whose completion died with its process counts as open.
    condition: `(#status = :open OR (#status = :completing AND ${LAPSED})) AND attribute_not_exists(${unless})`,
    values: { ':open': 'open', ':completing': UPLOAD_TRANSITIONS.claim.to, ...lapsedNow() },
  });

/**
 * Claims an upload in order to complete it from the list of that fingerprint. Undefined if somebody else holds it or it is no longer open. A
 * claim whose holder died is taken over, and its fingerprint with it until the new holder knows better.
 */
export async function claimCompletion(
  table: ImageTable,
  { uploadId, status }: UploadRecord,
  partsFingerprint: string,
): Promise<CompletionClaim | undefined> {
  const { to, from } = UPLOAD_TRANSITIONS.claim;
  if (!from.some((start) => start === status)) return undefined;
  const token = randomUUID();
  const claimed = await update(table, uploadId, {
    set: {
      status: to,
      token,
      claimedUntil: epochSeconds() + CLAIM_SECONDS,
      ...(status === 'open' && { partsFingerprint }),
    },
    condition: `#status = :before${status === 'completing' ? ` AND ${LAPSED}` : ''}`,
    values: { ':before': status, ...(status === 'completing' && lapsedNow()) },
  });
  return claimed ? { uploadId, token } : undefined;
}

/** Keeps a claim for another while. False: it was lost. */
export const renewCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { claimedUntil: epochSeconds() + CLAIM_SECONDS });

/** Notes that the object store has made the object; from which list, unless that was a holder's before who died. */
export const noteAssembled = (
  table: ImageTable,
  claim: CompletionClaim,
  from: { partsFingerprint?: string } = {},
): Promise<boolean> => held(table, claim, { assembled: true, ...from });

/** Lets go of an upload whose object is made already: the next may go on at once, but nobody may send parts. */
export const letGoOfCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { claimedUntil: 0 });

export const finishCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { status: UPLOAD_TRANSITIONS.finish.to }, FORGOTTEN_WHEN_COMPLETED);

export const rejectUpload = (table: ImageTable, claim: CompletionClaim, failure: Failure): Promise<boolean> =>
  held(table, claim, { status: UPLOAD_TRANSITIONS.reject.to, failure }, FORGOTTEN_WITHOUT_IMAGE);

export const giveBackCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { status: UPLOAD_TRANSITIONS.giveBack.to });

const FORGOTTEN_WHEN_COMPLETED = namesOf<keyof UploadRecord, string>(UPLOAD_ATTRIBUTES, 'each');
const FORGOTTEN_WITHOUT_IMAGE = namesOf<keyof UploadRecord, string>(UPLOAD_ATTRIBUTES, 'each', 'completion');

/** False if it is neither open nor aborted already, and somebody alive is completing it or it is over. */
export function abortUpload(table: ImageTable, uploadId: string): Promise<boolean> {
  const { to, from } = UPLOAD_TRANSITIONS.abort;
  const values = Object.fromEntries(from.map((status, index) => [`:from${index}`, status]));
  const lapsed = `#status = :completing AND ${LAPSED}`;
  return update(table, uploadId, {
    set: { status: to },
    remove: FORGOTTEN_WITHOUT_IMAGE,
    condition: `#status IN (${Object.keys(values).join(', ')}) OR (${lapsed})`,
    values: { ...values, ':completing': UPLOAD_TRANSITIONS.claim.to, ...lapsedNow() },
  });
}

/** A change by whoever holds the claim. */
const held = (
  table: ImageTable,
  { uploadId, token }: CompletionClaim,
  set: Partial<UploadItem>,
  remove: string[] = [],
): Promise<boolean> =>
  update(table, uploadId, {
    set,
    remove,
    condition: '#status = :completing AND #token = :held',
    values: { ':completing': UPLOAD_TRANSITIONS.claim.to, ':held': token },
    names: { '#token': 'token' },
  });

interface Update {
  set: Partial<UploadItem>;
  remove?: string[];
  condition: string;
  values: Record<string, unknown>;
  names?: Record<string, string>;
}

/** One conditional write; false if its condition failed. An upload that ends by it is no longer counted as open. */
async function update(
  table: ImageTable,
  uploadId: string,
  { set, remove = [], condition, values, names = {} }: Update,
): Promise<boolean> {
  const changes = Object.entries(set);
  const removal = remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '';
  const before = await unlessConditionFails(
    table.documents.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: itemKey(uploadId),
        UpdateExpression: `SET ${changes.map(([name]) => `#${name} = :${name}`).join(', ')}${removal}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: {
          '#status': 'status',
          ...names,
          ...Object.fromEntries([...changes.map(([name]) => name), ...remove].map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...values,
          ...Object.fromEntries(changes.map(([name, value]) => [`:${name}`, value])),
        },
        ReturnValues: 'ALL_OLD',
      }),
    ),
  );
  if (before && set.status && !isUnderWay(set.status)) await uncountEnded(table, before);
  return before !== undefined;
}

/** The item as it was; undefined if the condition failed. */
async function unlessConditionFails(write: Promise<{ Attributes?: Item | undefined }>): Promise<Item | undefined> {
  try {
    return (await write).Attributes ?? {};
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}
