import { isDeepStrictEqual } from 'node:util';
import type { TableDescription } from 'dynalite/db/index.js';
import { TABLE_DEFINITION } from '../../../shared/storage/provisioning.ts';
import { beginningWith, PREFIXES, tablesIn } from './dynalite-store.ts';
import type { KeyValueStore } from './sqlite-key-value-store.ts';

/**
 * Removes descriptions of tables that are damaged, or that a process left half made. No item is lost by it: whoever makes the table anew finds
 * them all. To be called while nobody has the database.
 */
export function dropDamagedDescriptions(entries: KeyValueStore, report: (error: Error) => void): void {
  for (const [key, text] of entries.within(beginningWith(PREFIXES.table))) {
    const name = key.slice(PREFIXES.table.length);
    if (isDescriptionOf(name, text)) continue;
    entries.set(key);
    report(
      new Error(`The description of the table ${name} is damaged. It is made anew, and all items of the table stay.`),
    );
  }
}

const { KeySchema: KEYS, AttributeDefinitions: ATTRIBUTES, GlobalSecondaryIndexes: INDEXES } = TABLE_DEFINITION;

/** Whether a text describes the table of that name, as this version or an earlier one has made it. */
function isDescriptionOf(name: string, text: string): boolean {
  try {
    const {
      TableName,
      TableStatus,
      KeySchema,
      AttributeDefinitions,
      GlobalSecondaryIndexes: indexes = [],
    } = JSON.parse(text);
    const isKnown = (index: (typeof INDEXES)[number] & { IndexStatus: unknown }) =>
      index.IndexStatus === 'ACTIVE' &&
      INDEXES.some(
        ({ IndexName, KeySchema, Projection }) =>
          index.IndexName === IndexName &&
          isDeepStrictEqual(index.KeySchema, KeySchema) &&
          isDeepStrictEqual(index.Projection, Projection),
      );
    return (
      TableName === name &&
      TableStatus === 'ACTIVE' &&
      isDeepStrictEqual(KeySchema, KEYS) &&
      AttributeDefinitions.every((each: unknown) => ATTRIBUTES.some((ours) => isDeepStrictEqual(each, ours))) &&
      indexes.every(isKnown) &&
      indexes.flatMap((index: (typeof INDEXES)[number]) => index.KeySchema).every(isDefinedIn(AttributeDefinitions))
    );
  } catch (error) {
    // It is no JSON, or JSON of another shape.
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

const isDefinedIn =
  (definitions: TableDescription['AttributeDefinitions']) =>
  ({ AttributeName }: { AttributeName: string }): boolean =>
    definitions.some((each) => each.AttributeName === AttributeName);

/**
 * Gives tables that an earlier version made the indexes they lack. dynalite answers UpdateTable and makes none, so they are written
 * into its description of the table, in one write and while nobody has the database. That is the whole of it because every index is
 * sparse by attributes of its own: no item of an earlier version belongs into one that is new.
 */
export function addMissingIndexes(entries: KeyValueStore): void {
  for (const [key, table] of tablesIn(entries)) {
    const { AttributeDefinitions: attributes, GlobalSecondaryIndexes: indexes = [] } = table;
    const missing = TABLE_DEFINITION.GlobalSecondaryIndexes.filter(
      ({ IndexName }) => !indexes.some((index) => index.IndexName === IndexName),
    );
    if (missing.length === 0) continue;
    const undefinedYet = TABLE_DEFINITION.AttributeDefinitions.filter(
      ({ AttributeName }) => !attributes.some((attribute) => attribute.AttributeName === AttributeName),
    );
    table.AttributeDefinitions = [...attributes, ...undefinedYet];
    table.GlobalSecondaryIndexes = [...indexes, ...missing.map((index) => describe(index, table))];
    entries.set(key, JSON.stringify(table));
  }
}

/** An empty index as CreateTable leaves it there. */
const describe = <Index extends { IndexName: string }>(index: Index, { TableArn }: TableDescription) => ({
  ...index,
  IndexArn: `${TableArn}/index/${index.IndexName}`,
  IndexSizeBytes: 0,
  ItemCount: 0,
  IndexStatus: 'ACTIVE',
  ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
});
