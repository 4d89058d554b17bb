import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClassicLevel } from 'classic-level';
import dynaliteDatabase from 'dynalite/db/index.js';
import { beginningWith, PREFIXES, tablesIn } from './dynalite-store.ts';
import type { KeyValueStore } from './sqlite-key-value-store.ts';

/** The names of LevelDB's files. */
const FILES = /^(CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/;

/**
 * Takes over what an earlier version left in LevelDB in the same folder, under the same keys, and removes it once it is on the disk. Entries
 * of indexes without their item stay behind: a kill between the two writes of that version left those of uploads that were never answered.
 */
export async function migrateLevelDb(folder: string, entries: KeyValueStore): Promise<void> {
  const current = join(folder, 'CURRENT');
  if (existsSync(current)) {
    await copyFrom(folder, entries);
    dropLostIndexEntries(entries);
    await promisify(entries.whenCommitted)();
    // Without this file it is no database any more, whenever a kill comes.
    await rm(current);
  }
  for (const name of await readdir(folder)) if (FILES.test(name)) await rm(join(folder, name));
}

async function copyFrom(folder: string, entries: KeyValueStore): Promise<void> {
  const earlier = new ClassicLevel(folder);
  await earlier.open();
  try {
    for await (const [key, value] of earlier.iterator()) entries.set(key, value);
  } finally {
    await earlier.close();
  }
}

function dropLostIndexEntries(entries: KeyValueStore): void {
  for (const [, table] of tablesIn(entries)) {
    for (const [key, item] of entries.within(beginningWith(PREFIXES.indexes('global', table.TableName)))) {
      const itemKey = PREFIXES.item(table.TableName) + dynaliteDatabase.createKey(JSON.parse(item), table);
      if (entries.get(itemKey) === undefined) entries.set(key);
    }
  }
}
