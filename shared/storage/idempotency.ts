import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, idempotencyPartition, idempotencySortKey } from '../contracts/table.ts';
import { LIMITS } from '../domain/limits.ts';
import { epochSeconds, type ImageTable, isConditionFailed } from './image-table.ts';

/** Seconds that a claim lasts unless renewed: what a retry waits at most after the service was killed. */
export const CLAIM_SECONDS = 30;

/** Seconds by which the clocks of two machines may differ. */
const CLOCKS_DIFFER_SECONDS = 300;

/** The latest that a claim can hold until; one that says later is of a clock that has been set back since. */
export const latestClaim = (now = epochSeconds()): number => now + CLAIM_SECONDS + CLOCKS_DIFFER_SECONDS;

/** Whether somebody alive may hold a claim. */
export const isHeldUntil = (claimedUntil: unknown, now = epochSeconds()): boolean =>
  Number(claimedUntil) >= now && Number(claimedUntil) <= latestClaim(now);

/** An Idempotency-Key, which means something for its owner only. */
export interface IdempotencyKey {
  owner: string;
  key: string;
}

/** The right to answer a key, held while the request is under way. */
export interface Claim extends IdempotencyKey {
  token: string;
  /** The image that the key stands for: a claim taken over from a killed request keeps its id. */
  imageId: string;
  takenOver: boolean;
}

export type ClaimAnswer =
  | { state: 'claimed'; claim: Claim }
  /** Epoch seconds. */
  | { state: 'under-way'; since: number }
  | ({ state: 'answered' } & Answered);

/** What became of the request that had the key: names only, so that what they name is told as it is now, and nothing when it is gone. */
export interface Answered {
  imageId: string;
  /** Of a request that began an upload in parts. */
  uploadId?: string;
}

interface ClaimItem extends Answered {
  token: string;
  claimedUntil: number;
  isAnswered?: true;
  [IMAGE_TABLE.timeToLiveAttribute]?: number;
}

const itemKey = ({ owner, key }: IdempotencyKey) => ({
  [IMAGE_TABLE.partitionKey]: idempotencyPartition(owner, key),
  [IMAGE_TABLE.sortKey]: idempotencySortKey,
});

/** What was claimed by an item that does not say so any more nobody knows, and nobody waits for. */
const DAMAGED =
  'NOT (attribute_type(#token, :text) AND attribute_type(imageId, :text) AND attribute_type(claimedUntil, :number))';

/** Claims a key for a request, or tells what became of the request that had it before. */
export async function claimKey(table: ImageTable, key: IdempotencyKey, imageId: string): Promise<ClaimAnswer> {
  const token = randomUUID();
  const item: ClaimItem = {
    token,
    imageId,
    claimedUntil: epochSeconds() + CLAIM_SECONDS,
  };
  const expiry = { [IMAGE_TABLE.timeToLiveAttribute]: epochSeconds() + LIMITS.idempotencySeconds };
  const unclaimed = await succeeds(
    table.documents.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...itemKey(key), ...item, ...expiry },
        ConditionExpression: `attribute_not_exists(${IMAGE_TABLE.partitionKey}) OR ${IMAGE_TABLE.timeToLiveAttribute} < :now OR ${DAMAGED}`,
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':now': epochSeconds(), ':text': 'S', ':number': 'N' },
      }),
    ),
  );
  if (unclaimed) return { state: 'claimed', claim: { ...key, token, imageId, takenOver: false } };
  const { Item } = await table.documents.send(
    new GetCommand({ TableName: table.tableName, Key: itemKey(key), ConsistentRead: true }),
  );
  const found = Item as ClaimItem | undefined;
  if (found?.isAnswered) {
    const { uploadId } = found;
    return { state: 'answered', imageId: found.imageId, ...(uploadId && { uploadId }) };
  }
  // Our own, written by a request whose answer was lost and which the SDK sent again.
  if (found?.token === token) return { state: 'claimed', claim: { ...key, token, imageId, takenOver: false } };
  // A claim that is renewed keeps its expiry.
  const expires = found?.[IMAGE_TABLE.timeToLiveAttribute] ?? expiry[IMAGE_TABLE.timeToLiveAttribute];
  const underWay = { state: 'under-way', since: Number(expires) - LIMITS.idempotencySeconds } as const;
  if (!found || isHeldUntil(found.claimedUntil)) return underWay;
  const old: Claim = { ...key, token: found.token, imageId: found.imageId, takenOver: true };
  const taken = await update(table, old, { token, claimedUntil: item.claimedUntil });
  return taken ? { state: 'claimed', claim: { ...old, token } } : underWay;
}

/** Keeps a claim for another while. False: it was lost. */
export const renewClaim = (table: ImageTable, claim: Claim): Promise<boolean> =>
  update(table, claim, { claimedUntil: epochSeconds() + CLAIM_SECONDS });

/** Notes that the request was answered, and with what, for requests that repeat the key. */
export const answerClaim = (table: ImageTable, claim: Claim, answered: Partial<Answered> = {}): Promise<boolean> =>
  update(table, claim, { isAnswered: true, ...answered });

/** Gives a key back whose request came to nothing, so that it can be sent again, corrected. */
export async function releaseClaim({ documents, tableName }: ImageTable, claim: Claim): Promise<void> {
  await succeeds(
    documents.send(
      new DeleteCommand({
        TableName: tableName,
        Key: itemKey(claim),
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': claim.token },
      }),
    ),
  );
}

function update({ documents, tableName }: ImageTable, claim: Claim, set: Partial<ClaimItem>): Promise<boolean> {
  const names = Object.keys(set);
  return succeeds(
    documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: itemKey(claim),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: '#token = :held',
        ExpressionAttributeNames: { '#token': 'token', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
        ExpressionAttributeValues: {
          ':held': claim.token,
          ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        },
      }),
    ),
  );
}

/** True if the write went through, false if its condition failed. */
async function succeeds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}
