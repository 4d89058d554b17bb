import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ImageTable, Item } from './image-table.ts';

export const isConditionFailed = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

/** Resolves to what a conditional write answers, or to undefined if its condition failed. */
export async function unlessConditionFails<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Attributes of which at least one differs between any two writes of an item. */
const CHANGED_WITH_EVERY_WRITE = ['status', 'updatedAt', 'deletedAt', 'createdAt', 'changedAt', 'token'];

/** The condition that nobody has written an item since it was read. */
export function ifUnchanged(item: Item) {
  const known = CHANGED_WITH_EVERY_WRITE.filter((name) => item[name] !== undefined);
  const conditions = CHANGED_WITH_EVERY_WRITE.map((name) =>
    known.includes(name) ? `#${name} = :${name}` : `attribute_not_exists(#${name})`,
  );
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: withPrefix('#', CHANGED_WITH_EVERY_WRITE),
    ...(known.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(known.map((name) => [`:${name}`, item[name]])),
    }),
  };
}

const withPrefix = (prefix: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [prefix + name, name]));

export interface ItemUpdate {
  key: Item;
  set?: Item;
  /** Numbers to add to attributes. */
  add?: Record<string, number>;
  remove?: readonly string[];
  /** A ConditionExpression; without it the item is written in any case. It writes the attributes in `names`, and those that the update changes, as `#name`. */
  condition?: string;
  names?: readonly string[];
  /** The values that the condition writes as `:name`. */
  values: Item;
  returnValues?: 'ALL_OLD' | 'ALL_NEW';
}

/** Updates an item if the condition holds. Resolves to the attributes that `returnValues` asks for, or to undefined if the condition failed. */
export async function updateItem({ documents, tableName }: ImageTable, update: ItemUpdate): Promise<Item | undefined> {
  const { key, set = {}, add = {}, remove = [], condition, names = [], values, returnValues = 'NONE' } = update;
  const changed = Object.entries({ ...set, ...add });
  const written = { ...values, ...Object.fromEntries(changed.map(([name, value]) => [`:${name}`, value])) };
  const answer = await unlessConditionFails(
    documents.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: [
          ...clause(
            'SET',
            Object.keys(set).map((name) => `#${name} = :${name}`),
          ),
          ...clause(
            'REMOVE',
            remove.map((name) => `#${name}`),
          ),
          ...clause(
            'ADD',
            Object.keys(add).map((name) => `#${name} :${name}`),
          ),
        ].join(' '),
        ...(condition !== undefined && { ConditionExpression: condition }),
        ExpressionAttributeNames: withPrefix('#', [...changed.map(([name]) => name), ...remove, ...names]),
        ...(Object.keys(written).length > 0 && { ExpressionAttributeValues: written }),
        ReturnValues: returnValues,
      }),
    ),
  );
  return answer && (answer.Attributes ?? {});
}

const clause = (keyword: string, actions: readonly string[]): string[] =>
  actions.length > 0 ? [`${keyword} ${actions.join(', ')}`] : [];
