import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf } from '../../contracts/table.ts';
import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import type { Rendition } from '../../domain/rendition.ts';
import { batchGetItems } from './batch-get-items.ts';
import { type ImageTable, renditionFromItem } from './image-table.ts';
import { isValidItem } from './item-validation.ts';

interface FailedRendition {
  imageId: string;
  rendition: Rendition;
}

interface FailedRenditions {
  /** Newest first. */
  failed: FailedRendition[];
  /** There are more than were asked for. */
  isTruncated: boolean;
}

type Key = Record<string, string>;

const { partitionKey, sortKey, failureIndex } = IMAGE_TABLE;

/**
 * Lists the `limit` newest renditions that failed for good, with one error code or with any. Never scans: it queries the failure
 * index once for each code. The index is eventually consistent, and on one machine a kill may leave an entry for a rendition that did not fail,
 * so every entry is checked against the table. IAM: dynamodb:Query on the index, BatchGetItem on the table.
 */
export async function listFailedRenditions(
  table: ImageTable,
  { code, limit }: { code?: ErrorCode | undefined; limit: number },
): Promise<FailedRenditions> {
  const codes = code ? [code] : Object.keys(ERRORS);
  const found = await Promise.all(codes.map((each) => queryCode(table, each, limit + 1)));
  const newest = found.flat().sort((a, b) => failedAt(b).localeCompare(failedAt(a)));
  const items = await readFound(table, newest.slice(0, limit));
  return { failed: items.filter(({ rendition }) => rendition.status === 'failed'), isTruncated: newest.length > limit };
}

const failedAt = (key: Key): string => key[failureIndex.sortKey] ?? '';

/** The newest entries of a code. */
async function queryCode({ documents, tableName }: ImageTable, code: string, limit: number): Promise<Key[]> {
  const keys: Key[] = [];
  let ExclusiveStartKey: Key | undefined;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: failureIndex.name,
        KeyConditionExpression: `${failureIndex.partitionKey} = :code`,
        ExpressionAttributeValues: { ':code': code },
        ScanIndexForward: false,
        ...(Number.isFinite(limit) && { Limit: limit - keys.length }),
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    keys.push(...((page.Items ?? []) as Key[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && keys.length < limit);
  return keys;
}

/** Reads the renditions that still exist, in the order of their keys. */
async function readFound(table: ImageTable, found: Key[]): Promise<FailedRendition[]> {
  const keys = found.map((key) => ({ [partitionKey]: key[partitionKey], [sortKey]: key[sortKey] }));
  const items = new Map<string, FailedRendition>();
  for (const item of (await batchGetItems(table, keys)).filter(isValidItem)) {
    const imageId = imageIdOf(String(item[partitionKey]));
    items.set(nameOf(item), { imageId, rendition: renditionFromItem(item) });
  }
  return found.map((key) => items.get(nameOf(key))).filter((item) => item !== undefined);
}

const nameOf = (item: Record<string, unknown>): string => `${item[partitionKey]}/${item[sortKey]}`;
