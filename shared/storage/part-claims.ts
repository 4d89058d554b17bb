import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, partClaimSortKey, partClaimSortKeyPrefix, uploadPartition } from '../contracts/table.ts';
import type { StoredPart } from '../domain/multipart-upload.ts';
import { epochSeconds, type ImageTable, type Item, isPast, queryItems } from './image-table.ts';

/** What a part takes of its upload: its place, and its bytes. */
export type PartSize = Pick<StoredPart, 'partNumber' | 'size'>;

/** The room of a part that is about to be stored, held while its request is under way. One number may be claimed by several requests. */
export interface PartClaim extends Pick<PartSize, 'partNumber'> {
  uploadId: string;
  token: string;
}

interface ClaimOptions {
  /** That it lasts unless it is released: longer than its request can. */
  seconds: number;
  /** Epoch milliseconds. */
  now?: number;
}

const claimKey = ({ uploadId, partNumber, token }: PartClaim): Item => ({
  [IMAGE_TABLE.partitionKey]: uploadPartition(uploadId),
  [IMAGE_TABLE.sortKey]: partClaimSortKey(partNumber, token),
});

/** Claims room in an upload, whether there is any or not: who claims before looking is seen by all who look later. */
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

/** Gives room back that is no longer needed: the part is stored, or it never will be. */
export async function releasePart({ documents, tableName }: ImageTable, claim: PartClaim): Promise<void> {
  await documents.send(new DeleteCommand({ TableName: tableName, Key: claimKey(claim) }));
}

/** What is claimed in an upload at this moment, each claim by itself. Those of processes that died count until their time is over. */
export async function claimedParts(table: ImageTable, uploadId: string): Promise<PartSize[]> {
  const items = await queryItems(table, {
    KeyConditionExpression: '#partition = :partition AND begins_with(#claim, :claims)',
    ExpressionAttributeNames: { '#partition': IMAGE_TABLE.partitionKey, '#claim': IMAGE_TABLE.sortKey },
    ExpressionAttributeValues: { ':partition': uploadPartition(uploadId), ':claims': partClaimSortKeyPrefix },
    ConsistentRead: true,
  });
  return (
    items
      .filter((item) => !isPast(item))
      .map(({ partNumber, size }) => ({ partNumber: Number(partNumber), size: Number(size) }))
      // A claim that is damaged claims nothing.
      .filter(({ partNumber, size }) => partNumber > 0 && size >= 0)
  );
}
