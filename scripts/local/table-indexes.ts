import type { TableDescription } from 'dynalite/db/index.js';
import { TABLE_DEFINITION } from '../../shared/storage/provisioning.ts';
import { tablesIn } from './dynalite-store.ts';
import type { Entries } from './entries.ts';

/**
 * Gives tables that an earlier version made the indexes they lack. dynalite answers UpdateTable and makes none, so they are written
 * into its description of the table, in one write and while nobody has the database. That is the whole of it because every index is
 * sparse by attributes of its own: no item of an earlier version belongs into one that is new.
 */
export function addMissingIndexes(entries: Entries): void {
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
