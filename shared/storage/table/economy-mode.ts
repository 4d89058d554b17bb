import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { economyPartition, economySortKey, IMAGE_TABLE } from '../../contracts/table.ts';
import { pick } from '../../domain/attributes.ts';
import type { EconomyModeValue } from '../../domain/economy-mode.ts';
import { damagedRecordError, type ImageTable, queryItems } from './image-table.ts';
import { invalidAttributes } from './item-validation.ts';

/** Whether economy mode is on, and who has said so. */
export interface EconomySwitch {
  mode: EconomyModeValue;
  /** ISO 8601; absent if nobody has ever switched it. */
  changedAt?: string;
  changedBy?: string;
}

/**
 * Reads the switch, eventually consistent unless `consistent` is set. It is a query and no GetItem, which not all services may do. IAM:
 * dynamodb:Query.
 */
export async function readEconomyMode(table: ImageTable, { consistent = false } = {}): Promise<EconomySwitch> {
  const [item] = await queryItems(table, {
    KeyConditionExpression: `${IMAGE_TABLE.partitionKey} = :partition AND ${IMAGE_TABLE.sortKey} = :sort`,
    ExpressionAttributeValues: { ':partition': economyPartition, ':sort': economySortKey },
    ConsistentRead: consistent,
  });
  if (!item) return { mode: 'off' };
  const wrong = invalidAttributes(item);
  if (wrong.length > 0) throw damagedRecordError('The switch of economy mode', wrong);
  return pick(item, ['mode', 'changedAt', 'changedBy']) as unknown as EconomySwitch;
}

/** Turns the switch, which all services notice within a minute or so. IAM: dynamodb:PutItem. */
export async function switchEconomyMode(
  { documents, tableName }: ImageTable,
  mode: EconomyModeValue,
  changedBy: string,
): Promise<void> {
  const key = { [IMAGE_TABLE.partitionKey]: economyPartition, [IMAGE_TABLE.sortKey]: economySortKey };
  const changedAt = new Date().toISOString();
  await documents.send(new PutCommand({ TableName: tableName, Item: { ...key, mode, changedAt, changedBy } }));
}
