import dynaliteDatabase, { type Item } from 'dynalite/db/index.js';
import { TABLE_DEFINITION } from '../../../shared/storage/provisioning.ts';

/** What a value of each type of DynamoDB's looks like in its JSON. */
const TYPES: Record<string, (value: unknown, depth: number) => boolean> = {
  S: (value) => typeof value === 'string',
  N: isNumber,
  B: isBase64,
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => value === true,
  SS: (value) => isListOf(value, (each) => typeof each === 'string'),
  NS: (value) => isListOf(value, isNumber),
  BS: (value) => isListOf(value, isBase64),
  L: (value, depth) => depth <= MOST_NESTED && isListOf(value, (each) => isValue(each, depth)),
  M: (value, depth) => depth <= MOST_NESTED && isMap(value, depth),
};

/** Lists and maps within each other (DynamoDB's own limit). */
const MOST_NESTED = 32;

/** Longer ones are none of DynamoDB's, and their exponents cost dynalite's arithmetic all memory. */
const NUMBER = /^-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?$/;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && BASE64.test(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'string' && NUMBER.test(value);
}

const isListOf = (value: unknown, is: (each: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);

function isMap(value: unknown, depth = 0): value is Item {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every((each) => isValue(each, depth));
}

function isValue(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [[type, held] = [], ...more] = Object.entries(value);
  return (
    type !== undefined && more.length === 0 && Object.hasOwn(TYPES, type) && TYPES[type]?.(held, depth + 1) === true
  );
}

const hasKeyTypes = (item: Item): boolean =>
  TABLE_DEFINITION.AttributeDefinitions.every(
    ({ AttributeName, AttributeType }) =>
      item[AttributeName] === undefined || item[AttributeName][AttributeType] !== undefined,
  );

const hasAll = (item: Item, keySchema: readonly { AttributeName: string }[]): boolean =>
  keySchema.every(({ AttributeName }) => item[AttributeName]?.S);

/** The item that a text is; undefined where it is none, so that dynalite would throw past everybody at its sight. */
export function itemIn(text: string): Item | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isItem = isMap(value) && hasKeyTypes(value) && hasAll(value, TABLE_DEFINITION.KeySchema);
    return isItem ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The key of an item's row, after the prefix of its table. */
export const rowKeyOf = (item: Item): string => dynaliteDatabase.createKey(item, TABLE_DEFINITION);

/** The key of an item's row in an index, behind the prefix of that; undefined where it has none there. */
export function indexKeyOf(item: Item, indexName: string): string | undefined {
  const index = TABLE_DEFINITION.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === indexName);
  if (!index || !hasAll(item, index.KeySchema)) return undefined;
  return dynaliteDatabase.createIndexKey(item, TABLE_DEFINITION, index.KeySchema);
}

/** What the key of a row of the table alone tells of its item: its key. Undefined where it is no such key. */
export function keysIn(rowKey: string): Item | undefined {
  const [, ...pieces] = rowKey.split('/').slice(0, -1);
  const names = TABLE_DEFINITION.KeySchema.map(({ AttributeName }) => AttributeName);
  if (pieces.length !== names.length || !pieces.every(Boolean)) return undefined;
  const texts = pieces.map((hex) => Buffer.from(hex, 'hex').toString());
  const item = Object.fromEntries(names.map((name, index) => [name, { S: texts[index] ?? '' }]));
  return rowKeyOf(item) === rowKey ? item : undefined;
}

/** Names a row for people. */
export function nameOfRow(rowKey: string): string {
  const keys = keysIn(rowKey);
  return keys
    ? Object.values(keys)
        .map(({ S }) => S)
        .join(' ')
    : rowKey;
}
