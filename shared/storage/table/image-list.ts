import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE } from '../../contracts/table.ts';
import { ImageServiceError } from '../../domain/errors.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import { type ImageTable, recordFromItem } from './image-table.ts';
import { imageOfKey, isValidItem } from './item-validation.ts';

export interface ImagePage {
  records: ImageRecord[];
  /** The ids of images that are left out because their records are damaged. */
  damaged?: string[];
  /** Opaque; absent on the last page. */
  nextCursor?: string;
}

/** A page of an owner's images, newest first, eventually consistent. A cursor that was not issued to this owner is `invalid_request`. */
export async function listImageRecords(
  { documents, tableName }: ImageTable,
  { owner, limit, cursor }: { owner: string; limit: number; cursor?: string | undefined },
): Promise<ImagePage> {
  const { name, partitionKey } = IMAGE_TABLE.listIndex;
  const page = await documents.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: name,
      KeyConditionExpression: `${partitionKey} = :owner`,
      ExpressionAttributeValues: { ':owner': owner },
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor && { ExclusiveStartKey: decodeCursor(cursor, owner) }),
    }),
  );
  const items = page.Items ?? [];
  const damaged = items.filter((item) => !isValidItem(item)).map((item) => imageOfKey(item) ?? '');
  return {
    records: items.filter(isValidItem).map(recordFromItem),
    ...(damaged.length > 0 && { damaged }),
    ...(page.LastEvaluatedKey && { nextCursor: encodeCursor(page.LastEvaluatedKey) }),
  };
}

export const cursorRefused = (cause?: unknown): ImageServiceError =>
  new ImageServiceError('invalid_request', 'The cursor is not one that a list of yours answered.', {
    cause,
    errors: [{ path: 'query.cursor', message: 'use nextCursor of the page before, unchanged' }],
  });

/** The longest key that a cursor may have, in characters. DynamoDB refuses sort keys over 1,024 bytes; ours are far shorter. */
const LONGEST_KEY = 256;

const CURSOR_KEYS = [
  IMAGE_TABLE.partitionKey,
  IMAGE_TABLE.sortKey,
  IMAGE_TABLE.listIndex.partitionKey,
  IMAGE_TABLE.listIndex.sortKey,
].sort();

const encodeCursor = (key: Record<string, unknown>): string => Buffer.from(JSON.stringify(key)).toString('base64url');

function decodeCursor(cursor: string, owner: string): Record<string, string> {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    throw cursorRefused(error);
  }
  const entries = Object.entries((key as Record<string, unknown> | null) ?? {});
  const ours =
    entries
      .map(([name]) => name)
      .sort()
      .join() === CURSOR_KEYS.join() &&
    entries.every(([, value]) => typeof value === 'string' && value !== '' && value.length <= LONGEST_KEY);
  const decoded = Object.fromEntries(entries) as Record<string, string>;
  if (!ours || decoded[IMAGE_TABLE.listIndex.partitionKey] !== owner) throw cursorRefused();
  return decoded;
}
