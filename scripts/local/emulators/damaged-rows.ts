import type { Item } from 'dynalite/db/index.js';
import { TABLE_DEFINITION } from '../../../shared/storage/provisioning.ts';
import { beginningWith, PREFIXES } from './dynalite-store.ts';
import type { KeyValueStore } from './sqlite-key-value-store.ts';
import { indexKeyOf, itemIn, keysIn, nameOfRow, rowKeyOf } from './table-rows.ts';

/** The number of damaged rows that are reported. */
const MOST_REPORTED = 10_000;

/** Names an index of a table. */
interface IndexName {
  table: string;
  index: string;
}

/** How the rows of tables and their indexes are read, of which any may be damaged. */
export interface RowReader {
  /** The item of a row; of one that is damaged its key and nothing else, and undefined where not even that can be reported. */
  item(table: string, rowKey: string, text: string): Item | undefined;
  /** The same for whoever may be about to write the item anew. */
  itemToWrite(table: string, rowKey: string, text: string): Item | undefined;
  /** To be called when an item has been written: what an index has of the damaged row that was there before goes. */
  written(table: string, rowKey: string): void;
  /** What a row of an index tells of; undefined where the table tells otherwise, or one of the two is damaged. */
  indexed(name: IndexName, rowKey: string, text: string): Item | undefined;
}

/**
 * Reads rows so that one that is damaged costs what it held, and keeps nobody from the others. DynamoDB knows of no damaged items: its readers
 * find one without attributes, and can delete it. `report` hears of each row once.
 */
export function openRowReader(entries: KeyValueStore, report: (error: Error) => void): RowReader {
  const reported = new Set<string>();
  /** Whose entries in indexes dynalite does not know. */
  const unknown = new Set<string>();
  const reportOnce = (key: string, sentence: string): void => {
    if (reported.size >= MOST_REPORTED || reported.has(key)) return;
    reported.add(key);
    report(new Error(sentence));
  };

  const item: RowReader['item'] = (table, rowKey, text) => {
    const found = itemIn(text);
    if (found && rowKeyOf(found) === rowKey) return found;
    reportOnce(
      PREFIXES.item(table) + rowKey,
      `The row ${nameOfRow(rowKey)} of the table is damaged. npm run verify tells what that means.`,
    );
    return keysIn(rowKey);
  };
  const indexed = ({ table, index }: IndexName, rowKey: string, text: string): Item | undefined => {
    const entry = itemIn(text);
    const kept = entry && entries.get(PREFIXES.item(table) + rowKeyOf(entry));
    // An entry that holds all of its item is the same text.
    const found = kept === text ? entry : itemIn(kept ?? '');
    return found && indexKeyOf(found, index) === rowKey ? entry : undefined;
  };

  return {
    item,
    itemToWrite(table, rowKey, text) {
      const found = item(table, rowKey, text);
      if (!itemIn(text)) unknown.add(PREFIXES.item(table) + rowKey);
      return found;
    },
    written(table, rowKey) {
      if (!unknown.delete(PREFIXES.item(table) + rowKey)) return;
      for (const { IndexName: index } of TABLE_DEFINITION.GlobalSecondaryIndexes) {
        const prefix = PREFIXES.index('global', table, index);
        for (const [key, text] of entries.within(beginningWith(prefix))) {
          const entry = itemIn(text);
          const isOfIt = entry && rowKeyOf(entry) === rowKey;
          if (isOfIt && !indexed({ table, index }, key.slice(prefix.length), text)) entries.set(key);
        }
      }
    },
    indexed(name, rowKey, text) {
      const found = indexed(name, rowKey, text);
      const key = PREFIXES.index('global', name.table, name.index) + rowKey;
      if (!found)
        reportOnce(
          key,
          `An entry of the index ${name.index} is damaged, or the table tells otherwise: it is left out.`,
        );
      return found;
    },
  };
}
