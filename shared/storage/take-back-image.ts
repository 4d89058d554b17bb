import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { ImageRecord } from '../domain/image-record.ts';
import { asRead, type ImageTable, type Item, isConditionFailed, recordKey } from './image-table.ts';

/** Removes the record that was just written of an original, unless somebody has changed it since or asked for renditions. Answers whether it has. */
export async function takeBackImage({ documents, tableName }: ImageTable, record: ImageRecord): Promise<boolean> {
  const { ConditionExpression, ...values } = asRead(record as unknown as Item);
  try {
    await documents.send(
      new DeleteCommand({
        TableName: tableName,
        Key: recordKey(record.imageId),
        ConditionExpression: `${ConditionExpression} AND attribute_not_exists(additions)`,
        ...values,
      }),
    );
    return true;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return false;
  }
}
