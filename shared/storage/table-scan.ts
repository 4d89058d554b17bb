import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imageIdOf, recordSortKey, renditionSortKeyPrefix, uploadSortKey } from '../contracts/table.ts';
import type { ImageRecord } from '../domain/image-record.ts';
import { isUnderWay, type UploadRecord } from '../domain/multipart-upload.ts';
import type { Rendition } from '../domain/rendition.ts';
import { readItems } from './batch-get.ts';
import { isWhole, wrongAttributes } from './damaged-items.ts';
import { type ImageTable, type Item, isPast, recordKey, recordOf, renditionOf } from './image-table.ts';

/** Of any item. */
export interface ItemKey {
  partition: string;
  sort: string;
}

/** What a page of the whole table holds, in no order that means anything. */
export interface ScannedPage {
  /** Of images that are not deleted. */
  records: ImageRecord[];
  renditions: { imageId: string; rendition: Rendition }[];
  /** Uploads in parts that have not ended; those whose time is over may be among them. */
  openUploads: Pick<UploadRecord, 'imageId' | 'uploadId' | 'status' | 'validUntil'>[];
  /** Keys of items that are not as a service writes them; what they say is in none of the others. */
  damaged: ItemKey[];
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
  const whole = current.filter(isWhole);
  const ofKind = (sortKey: string) => whole.filter((item) => item[IMAGE_TABLE.sortKey] === sortKey);
  return {
    records: ofKind(recordSortKey)
      .filter(({ status }) => status === 'stored')
      .map(recordOf),
    renditions: whole
      .filter((item) => String(item[IMAGE_TABLE.sortKey]).startsWith(renditionSortKeyPrefix))
      .map((item) => ({
        imageId: imageIdOf(String(item[IMAGE_TABLE.partitionKey])),
        rendition: renditionOf(item),
      })),
    openUploads: ofKind(uploadSortKey)
      .filter(({ status }) => isUnderWay(status))
      .map(({ imageId, uploadId, status, validUntil }) => ({ imageId, uploadId, status, validUntil })),
    damaged: current.filter((item) => !isWhole(item)).map(keyOf),
    itemCount: Items.length,
    next: LastEvaluatedKey,
  };
}

const keyOf = (item: Item): ItemKey => ({
  partition: String(item[IMAGE_TABLE.partitionKey]),
  sort: String(item[IMAGE_TABLE.sortKey]),
});

/** Which of these images have a record, as it is now, that is no tombstone; it may be damaged. */
export async function storedAmong(table: ImageTable, imageIds: readonly string[]): Promise<Set<string>> {
  const items = await readItems(table, imageIds.map(recordKey));
  const stored = items.filter((item) => item.status === 'stored' || !isWhole(item));
  return new Set(stored.map((item) => imageIdOf(keyOf(item).partition)));
}

/** What is wrong with an item, as it is now, by the names of its attributes; none where all is well or it is not there. */
export async function wrongNow(table: ImageTable, { partition, sort }: ItemKey): Promise<string[]> {
  const [item] = await readItems(table, [{ [IMAGE_TABLE.partitionKey]: partition, [IMAGE_TABLE.sortKey]: sort }]);
  return item && !isPast(item) ? wrongAttributes(item) : [];
}
