import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf, recordSortKey, renditionSortKeyPrefix, uploadSortKey } from '../../contracts/table.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import { isUnderWay, type UploadRecord } from '../../domain/multipart-upload.ts';
import type { Rendition } from '../../domain/rendition.ts';
import { batchGetItems } from './batch-get-items.ts';
import { type ImageTable, type Item, isExpired, recordFromItem, recordKey, renditionFromItem } from './image-table.ts';
import { invalidAttributes, isValidItem } from './item-validation.ts';

/** The primary key of any item. */
export interface ItemKey {
  partition: string;
  sort: string;
}

/** A page of the whole table, in no meaningful order. */
export interface ScannedPage {
  /** The records of images that are not deleted. */
  records: ImageRecord[];
  renditions: { imageId: string; rendition: Rendition }[];
  /** Multipart uploads that have not ended; expired ones may be among them. */
  openUploads: Pick<UploadRecord, 'imageId' | 'uploadId' | 'status' | 'validUntil'>[];
  /** The keys of invalid items, which are in none of the other lists. */
  damaged: ItemKey[];
  /** The number of items that were read. */
  itemCount: number;
  /** Where the next page begins; undefined after the last page. */
  next: Item | undefined;
}

/** Reads `limit` items of the table, eventually consistent, starting from the `next` of an earlier page. IAM: dynamodb:Scan. */
export async function scanPage(
  { documents, tableName }: ImageTable,
  { limit, from }: { limit: number; from: Item | undefined },
): Promise<ScannedPage> {
  const { Items = [], LastEvaluatedKey } = await documents.send(
    new ScanCommand({ TableName: tableName, Limit: limit, ...(from && { ExclusiveStartKey: from }) }),
  );
  const current = Items.filter((item) => !isExpired(item));
  const whole = current.filter(isValidItem);
  const ofKind = (sortKey: string) => whole.filter((item) => item[IMAGE_TABLE.sortKey] === sortKey);
  return {
    records: ofKind(recordSortKey)
      .filter(({ status }) => status === 'stored')
      .map(recordFromItem),
    renditions: whole
      .filter((item) => String(item[IMAGE_TABLE.sortKey]).startsWith(renditionSortKeyPrefix))
      .map((item) => ({
        imageId: imageIdOf(String(item[IMAGE_TABLE.partitionKey])),
        rendition: renditionFromItem(item),
      })),
    openUploads: ofKind(uploadSortKey)
      .filter(({ status }) => isUnderWay(status))
      .map(({ imageId, uploadId, status, validUntil }) => ({ imageId, uploadId, status, validUntil })),
    damaged: current.filter((item) => !isValidItem(item)).map(keyOf),
    itemCount: Items.length,
    next: LastEvaluatedKey,
  };
}

const keyOf = (item: Item): ItemKey => ({
  partition: String(item[IMAGE_TABLE.partitionKey]),
  sort: String(item[IMAGE_TABLE.sortKey]),
});

/** Finds which of these images currently have a record that is not a tombstone. The record may be damaged. */
export async function findStoredImages(table: ImageTable, imageIds: readonly string[]): Promise<Set<string>> {
  const items = await batchGetItems(table, imageIds.map(recordKey));
  const stored = items.filter((item) => item.status === 'stored' || !isValidItem(item));
  return new Set(stored.map((item) => imageIdOf(keyOf(item).partition)));
}

/** Reads an item and returns the names of its invalid attributes; empty if the item is valid or absent. */
export async function readInvalidAttributes(table: ImageTable, { partition, sort }: ItemKey): Promise<string[]> {
  const [item] = await batchGetItems(table, [{ [IMAGE_TABLE.partitionKey]: partition, [IMAGE_TABLE.sortKey]: sort }]);
  return item && !isExpired(item) ? invalidAttributes(item) : [];
}
