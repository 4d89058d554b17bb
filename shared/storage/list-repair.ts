import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { IMAGE_TABLE, imagePartition, recordSortKey } from '../contracts/table.ts';
import { listImages } from './image-list.ts';
import { type ImageTable, readImage } from './image-table.ts';

/**
 * For one machine, after a kill. Takes images off the list that are not there: dynalite writes an index before its item, and a kill between the two leaves an entry of
 * an upload that was never answered. Writing the item and deleting it takes the entry along.
 */
export async function repairList(table: ImageTable, owner: string): Promise<void> {
  const { partitionKey, sortKey, listIndex } = IMAGE_TABLE;
  let cursor: string | undefined;
  do {
    const page = await listImages(table, { owner, limit: 100, cursor });
    for (const { imageId, createdAt } of page.records) {
      if (await readImage(table, imageId, { consistent: true })) continue;
      const Key = { [partitionKey]: imagePartition(imageId), [sortKey]: recordSortKey };
      const Item = { ...Key, [listIndex.partitionKey]: owner, [listIndex.sortKey]: createdAt };
      await table.documents.send(new PutCommand({ TableName: table.tableName, Item }));
      await table.documents.send(new DeleteCommand({ TableName: table.tableName, Key }));
    }
    cursor = page.nextCursor;
  } while (cursor);
}
