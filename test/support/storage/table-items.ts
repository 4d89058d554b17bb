import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';

export type TableItem = Record<string, unknown> & { pk: string; sk: string };

/** Every item of a table as it is stored. */
export async function allItems({ documents, tableName }: ImageTable): Promise<TableItem[]> {
  const items: TableItem[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
    );
    items.push(...((page.Items ?? []) as TableItem[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}
