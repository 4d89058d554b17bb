import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, uploadPartition, uploadSortKey } from '../contracts/table.ts';
import type { Failure } from '../domain/errors.ts';
import { UPLOAD_TRANSITIONS, type UploadRecord } from '../domain/multipart-upload.ts';
import { CLAIM_SECONDS } from './idempotency.ts';
import { type ImageTable, isConditionFailed, withoutKeys } from './image-table.ts';

/** Seconds that a record stays beyond the end of its upload, to answer what became of it. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/** The right to complete an upload, held while that is under way. */
export interface CompletionClaim {
  uploadId: string;
  token: string;
}

const itemKey = (uploadId: string) => ({
  [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId),
  [IMAGE_TABLE.sortKey]: uploadSortKey,
});

const seconds = (now = Date.now()): number => Math.floor(now / 1000);

/** What an item holds beside the record: the claim, and when DynamoDB may remove it. */
interface UploadItem extends UploadRecord {
  token?: string;
  claimedUntil?: number;
  /** The answer to whoever completes it again, as JSON. */
  answer?: string;
}

type Item = Record<string, unknown>;

export async function createUpload({ documents, tableName }: ImageTable, upload: UploadRecord): Promise<void> {
  const removedAfter = { [IMAGE_TABLE.timeToLiveAttribute]: seconds(Date.parse(upload.validUntil)) + KEPT_SECONDS };
  const Item = { ...itemKey(upload.uploadId), ...upload, ...removedAfter };
  await documents.send(new PutCommand({ TableName: tableName, Item }));
}

export interface FoundUpload {
  upload: UploadRecord;
  /** Somebody is completing it, and still alive a moment ago. */
  isHeld: boolean;
  /** Given when it was completed. */
  answer?: unknown;
}

/** Reads an upload as it is now: parts follow its creation within milliseconds, so this read is consistent. */
export async function readUpload(
  { documents, tableName }: ImageTable,
  uploadId: string,
): Promise<FoundUpload | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName, Key: itemKey(uploadId), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const { token: _token, claimedUntil = 0, answer, ...item } = withoutKeys<UploadItem>(Item);
  const { [IMAGE_TABLE.timeToLiveAttribute]: _removedAfter, ...upload } = item as UploadRecord & Item;
  const isHeld = upload.status === 'completing' && claimedUntil >= seconds();
  return { upload, isHeld, ...(answer !== undefined && { answer: JSON.parse(answer) }) };
}

/** Notes, before such a part is stored, that the parts of an upload do not all keep to `isRegularPart`. */
export async function markIrregular(table: ImageTable, uploadId: string): Promise<void> {
  await update(table, uploadId, {
    set: { irregular: true },
    condition: '#status = :open',
    values: { ':open': 'open' },
  });
}

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
    set: { status: to, token, claimedUntil: seconds() + CLAIM_SECONDS, ...(status === 'open' && { partsFingerprint }) },
    condition: `#status = :before${status === 'completing' ? ' AND claimedUntil < :now' : ''}`,
    values: { ':before': status, ...(status === 'completing' && { ':now': seconds() }) },
  });
  return claimed ? { uploadId, token } : undefined;
}

/** Keeps a claim for another while. False: it was lost. */
export const renewCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { claimedUntil: seconds() + CLAIM_SECONDS });

/** Notes that the object store has made the object; from which list, unless that was a holder's before who died. */
export const noteAssembled = (
  table: ImageTable,
  claim: CompletionClaim,
  from: { partsFingerprint?: string } = {},
): Promise<boolean> => held(table, claim, { assembled: true, ...from });

/** Lets go of an upload whose object is made already: the next may go on at once, but nobody may send parts. */
export const letGoOfCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { claimedUntil: 0 });

export const finishCompletion = (table: ImageTable, claim: CompletionClaim, answer: unknown): Promise<boolean> =>
  held(table, claim, { status: UPLOAD_TRANSITIONS.finish.to, answer: JSON.stringify(answer) });

export const rejectUpload = (table: ImageTable, claim: CompletionClaim, failure: Failure): Promise<boolean> =>
  held(table, claim, { status: UPLOAD_TRANSITIONS.reject.to, failure });

export const giveBackCompletion = (table: ImageTable, claim: CompletionClaim): Promise<boolean> =>
  held(table, claim, { status: UPLOAD_TRANSITIONS.giveBack.to });

/** False if it is neither open nor aborted already, and somebody alive is completing it or it is over. */
export function abortUpload(table: ImageTable, uploadId: string): Promise<boolean> {
  const { to, from } = UPLOAD_TRANSITIONS.abort;
  const values = Object.fromEntries(from.map((status, index) => [`:from${index}`, status]));
  const lapsed = '#status = :completing AND claimedUntil < :now';
  return update(table, uploadId, {
    set: { status: to },
    condition: `#status IN (${Object.keys(values).join(', ')}) OR (${lapsed})`,
    values: { ...values, ':completing': UPLOAD_TRANSITIONS.claim.to, ':now': seconds() },
  });
}

/** A change by whoever holds the claim. */
const held = (table: ImageTable, { uploadId, token }: CompletionClaim, set: Partial<UploadItem>): Promise<boolean> =>
  update(table, uploadId, {
    set,
    condition: '#status = :completing AND #token = :held',
    values: { ':completing': UPLOAD_TRANSITIONS.claim.to, ':held': token },
    names: { '#token': 'token' },
  });

interface Update {
  set: Partial<UploadItem>;
  condition: string;
  values: Record<string, unknown>;
  names?: Record<string, string>;
}

/** One conditional write; false if its condition failed. */
async function update(
  { documents, tableName }: ImageTable,
  uploadId: string,
  { set, condition, values, names = {} }: Update,
): Promise<boolean> {
  const changes = Object.entries(set);
  try {
    await documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: itemKey(uploadId),
        UpdateExpression: `SET ${changes.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: {
          '#status': 'status',
          ...names,
          ...Object.fromEntries(changes.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...values,
          ...Object.fromEntries(changes.map(([name, value]) => [`:${name}`, value])),
        },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}
