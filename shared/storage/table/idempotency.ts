import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, idempotencyPartition, idempotencySortKey } from '../../contracts/table.ts';
import { LIMITS } from '../../domain/limits.ts';
import { CLAIM_SECONDS, isClaimHeld } from './claim-expiry.ts';
import { unlessConditionFails, updateItem } from './conditional-write.ts';
import { epochSeconds, type ImageTable } from './image-table.ts';

/** An Idempotency-Key, which means something for its owner only. */
export interface IdempotencyKey {
  owner: string;
  key: string;
}

/** The exclusive right to answer a key, held while the request is under way. */
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

/** The outcome of the request that had the key: ids only, so that an answer shows the current state, and nothing once that is deleted. */
export interface Answered {
  imageId: string;
  /** Set if the request began a multipart upload. */
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

/** The condition that an item is damaged: nobody knows what it claimed, so nobody waits for it. */
const DAMAGED =
  'NOT (attribute_type(#token, :text) AND attribute_type(imageId, :text) AND attribute_type(claimedUntil, :number))';

/** Claims a key for a request, or returns the outcome of the earlier request with this key. */
export async function claimKey(table: ImageTable, key: IdempotencyKey, imageId: string): Promise<ClaimAnswer> {
  const token = randomUUID();
  const item: ClaimItem = {
    token,
    imageId,
    claimedUntil: epochSeconds() + CLAIM_SECONDS,
  };
  const expiry = { [IMAGE_TABLE.timeToLiveAttribute]: epochSeconds() + LIMITS.idempotencySeconds };
  const unclaimed = await unlessConditionFails(
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
  // The item is our own if the answer to the write was lost and the SDK sent the request again.
  if (found?.token === token) return { state: 'claimed', claim: { ...key, token, imageId, takenOver: false } };
  // A claim that is renewed keeps its expiry.
  const expires = found?.[IMAGE_TABLE.timeToLiveAttribute] ?? expiry[IMAGE_TABLE.timeToLiveAttribute];
  const underWay = { state: 'under-way', since: Number(expires) - LIMITS.idempotencySeconds } as const;
  if (!found || isClaimHeld(found.claimedUntil)) return underWay;
  const old: Claim = { ...key, token: found.token, imageId: found.imageId, takenOver: true };
  const taken = await update(table, old, { token, claimedUntil: item.claimedUntil });
  return taken ? { state: 'claimed', claim: { ...old, token } } : underWay;
}

/** Extends a claim. Resolves to false if the claim was lost. */
export const renewClaim = (table: ImageTable, claim: Claim): Promise<boolean> =>
  update(table, claim, { claimedUntil: epochSeconds() + CLAIM_SECONDS });

/** Records the outcome of the request, for requests that repeat the key. */
export const answerClaim = (table: ImageTable, claim: Claim, answered: Partial<Answered> = {}): Promise<boolean> =>
  update(table, claim, { isAnswered: true, ...answered });

/** Releases the key of a request that failed, so that a corrected request can use it. */
export async function releaseClaim({ documents, tableName }: ImageTable, claim: Claim): Promise<void> {
  await unlessConditionFails(
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

async function update(table: ImageTable, claim: Claim, set: Partial<ClaimItem>): Promise<boolean> {
  const updated = await updateItem(table, {
    key: itemKey(claim),
    set,
    condition: '#token = :held',
    names: ['token'],
    values: { ':held': claim.token },
  });
  return updated !== undefined;
}
