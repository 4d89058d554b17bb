import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf, recordSortKey, renditionSortKeyPrefix, uploadSortKey } from '../contracts/table.ts';
import type { ImageRecord } from '../domain/image-record.ts';
import type { UploadRecord } from '../domain/multipart-upload.ts';
import type { Rendition } from '../domain/rendition.ts';
import { readItems } from './batch-get.ts';
import { type ImageTable, type Item, isPast, recordKey, recordOf, renditionOf } from './image-table.ts';
import { isUnderWay } from './upload-table.ts';

/** What a page of the whole table holds, in no order that means anything. */
export interface ScannedPage {
  /** Of images that are not deleted. */
  records: ImageRecord[];
  renditions: { imageId: string; rendition: Rendition }[];
  /** Uploads in parts that have not ended; those whose time is over may be among them. */
  openUploads: Pick<UploadRecord, 'imageId' | 'uploadId' | 'status' | 'validUntil'>[];
  /** Items that were read. */
  itemCount: number;
  /** Where the next page begins; undefined behind the last. */
  next: Item | undefined;
}

/** Reads so many items of the table, eventually consistent, from a place on that an earlier page told. IAM: dynamodb:Scan. */
export async function scanPage(
  { documents, tableName }: ImageTable,
  { limit, from }: { limit: number; from: Item | undefined },
): Promise<ScannedPage> {
  const { Items = [], LastEvaluatedKey } = await documents.send(
    new ScanCommand({ TableName: tableName, Limit: limit, ...(from && { ExclusiveStartKey: from }) }),
  );
  const current = Items.filter((item) => !isPast(item));
  const ofKind = (sortKey: string) => current.filter((item) => item[IMAGE_TABLE.sortKey] === sortKey);
  return {
    records: ofKind(recordSortKey)
      .filter(({ status }) => status === 'stored')
      .map(recordOf),
    renditions: current
      .filter((item) => String(item[IMAGE_TABLE.sortKey]).startsWith(renditionSortKeyPrefix))
      .map((item) => ({
        imageId: imageIdOf(String(item[IMAGE_TABLE.partitionKey])),
        rendition: renditionOf(item),
      })),
    openUploads: ofKind(uploadSortKey)
      .filter(({ status }) => isUnderWay(status))
      .map(({ imageId, uploadId, status, validUntil }) => ({ imageId, uploadId, status, validUntil })),
    itemCount: Items.length,
    next: LastEvaluatedKey,
  };
}

/** Which of these images are stored, and neither unknown nor deleted, as it is now. */
export async function storedAmong(table: ImageTable, imageIds: readonly string[]): Promise<Set<string>> {
  const items = await readItems(table, imageIds.map(recordKey));
  return new Set(items.filter(({ status }) => status === 'stored').map(({ imageId }) => String(imageId)));
}
