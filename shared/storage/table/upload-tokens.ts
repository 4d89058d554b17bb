import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, uploadTokenPartition, uploadTokenSortKey } from '../../contracts/table.ts';
import { namesOf, pick } from '../../domain/attributes.ts';
import { UPLOAD_TOKEN_ATTRIBUTES, type UploadToken } from '../../domain/upload-token.ts';
import { damagedRecordError, epochSeconds, type ImageTable, queryItems } from './image-table.ts';
import { invalidAttributes } from './item-validation.ts';

/** Seconds for which the record of a token outlives it, so that its holder is told that its time is over. */
const KEPT_SECONDS = 60 * 60;

const NAMES = namesOf<keyof UploadToken, string>(UPLOAD_TOKEN_ATTRIBUTES, 'required', 'optional');

/** Writes the record of a new token. IAM: dynamodb:PutItem. */
export async function createUploadToken({ documents, tableName }: ImageTable, token: UploadToken): Promise<void> {
  const key = {
    [IMAGE_TABLE.partitionKey]: uploadTokenPartition(token.tokenId),
    [IMAGE_TABLE.sortKey]: uploadTokenSortKey,
  };
  const removeAfter = epochSeconds(Date.parse(token.expiresAt)) + KEPT_SECONDS;
  const Item = { ...key, ...pick(token, NAMES), [IMAGE_TABLE.timeToLiveAttribute]: removeAfter };
  await documents.send(new PutCommand({ TableName: tableName, Item }));
}

/**
 * Reads the record of a token, expired or not, as long as it is there. The read is consistent, because a browser uses a token at once. It is a query
 * and no GetItem, which not all services may do. IAM: dynamodb:Query.
 */
export async function readUploadToken(table: ImageTable, tokenId: string): Promise<UploadToken | undefined> {
  const [item] = await queryItems(table, {
    KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition AND ${IMAGE_TABLE.sortKey} = :sort`,
    ExpressionAttributeValues: { ':partition': uploadTokenPartition(tokenId), ':sort': uploadTokenSortKey },
    ConsistentRead: true,
  });
  if (!item) return undefined;
  const wrong = invalidAttributes(item);
  if (wrong.length > 0) throw damagedRecordError(`The record of the upload token ${tokenId}`, wrong);
  return pick(item, NAMES) as unknown as UploadToken;
}
