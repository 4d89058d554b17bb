import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, partClaimSortKey, partClaimSortKeyPrefix, uploadPartition } from '../../contracts/table.ts';
import type { StoredPart } from '../../domain/multipart-upload.ts';
import { epochSeconds, type ImageTable, type Item, isExpired, queryItems } from './image-table.ts';

/** What a part takes of its upload: a part number and a number of bytes. */
export type PartSize = Pick<StoredPart, 'partNumber' | 'size'>;

/** A reservation for a part that is about to be stored, held while its request is under way. Several requests may claim one number. */
export interface PartClaim extends Pick<PartSize, 'partNumber'> {
  uploadId: string;
  token: string;
}

interface ClaimOptions {
  /** Seconds until the claim expires unless it is released: longer than its request can take. */
  seconds: number;
  /** Epoch milliseconds. */
  now?: number;
}

const claimKey = ({ uploadId, partNumber, token }: PartClaim): Item => ({
  [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId),
  [IMAGE_TABLE.sortKey]: partClaimSortKey(partNumber, token),
});

/** Claims a part of an upload without checking the limits: a request that claims before it checks is seen by all that check later. */
export async function claimPart(
  { documents, tableName }: ImageTable,
  uploadId: string,
  { partNumber, size }: PartSize,
  { seconds, now = Date.now() }: ClaimOptions,
): Promise<PartClaim> {
  const claim = { uploadId, partNumber, token: randomUUID() };
  const removeAfter = { [IMAGE_TABLE.timeToLiveAttribute]: epochSeconds(now) + seconds };
  const Item = { ...claimKey(claim), partNumber, size, ...removeAfter };
  await documents.send(new PutCommand({ TableName: tableName, Item }));
  return claim;
}

/** Removes a claim that is no longer needed, because the part is stored or never will be. */
export async function releasePartClaim({ documents, tableName }: ImageTable, claim: PartClaim): Promise<void> {
  await documents.send(new DeleteCommand({ TableName: tableName, Key: claimKey(claim) }));
}

/** Lists the claims on parts of an upload. The claims of processes that died count until they expire. */
export async function listPartClaims(table: ImageTable, uploadId: string): Promise<PartSize[]> {
  const items = await queryItems(table, {
    KeyConditionExpression: '#partition = :partition AND begins_with(#claim, :claims)',
    ExpressionAttributeNames: { '#partition': IMAGE_TABLE.partitionKey, '#claim': IMAGE_TABLE.sortKey },
    ExpressionAttributeValues: { ':partition': uploadPartition(uploadId), ':claims': partClaimSortKeyPrefix },
    ConsistentRead: true,
  });
  return (
    items
      .filter((item) => !isExpired(item))
      .map(({ partNumber, size }) => ({ partNumber: Number(partNumber), size: Number(size) }))
      // A claim that is damaged claims nothing.
      .filter(({ partNumber, size }) => partNumber > 0 && size >= 0)
  );
}
