import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import dynalite from 'dynalite';
import dynaliteDatabase, { type DynaliteStore } from 'dynalite/db/index.js';
import { printableLine } from '../../terminal/printable.ts';
import { makeDataFolder, TABLE_FILE } from '../data-folder/data-folder.ts';
import { explainDatabaseError } from '../data-folder/open-database.ts';
import { dynaliteStore } from './dynalite-store.ts';
import type { Emulator, EmulatorOptions } from './emulators.ts';
import { startRemovingExpiredItems } from './expired-items.ts';
import { guardServer } from './guarded-server.ts';
import { migrateLevelDb } from './leveldb-migration.ts';
import { openKeyValueStore } from './sqlite-key-value-store.ts';
import { addMissingIndexes, dropDamagedDescriptions } from './table-indexes.ts';

/** Starts dynalite, which emulates DynamoDB, on our own store. */
export async function startDynamoDb({ port, folder, accessKeyId, durability }: EmulatorOptions): Promise<Emulator> {
  const path = folder && join(folder, 'dynamodb');
  if (path) makeDataFolder(path);
  const file = path && join(path, TABLE_FILE);
  const entries = openKeyValueStore(file, durability);
  let failure: Error | undefined;
  const report = (error: Error) => {
    if ('errcode' in error) failure = error;
    process.stderr.write(`${printableLine(`DynamoDB: ${error.message}`)}\n`);
  };
  try {
    dropDamagedDescriptions(entries, report);
    if (path) await migrateLevelDb(path, entries);
    addMissingIndexes(entries);
  } catch (error) {
    // Opening reads only a part, less still where a log lies beside the file.
    throw file ? explainDatabaseError(file, error) : error;
  }
  const store = dynaliteStore(entries, report);
  const server = dynaliteOn(store);
  guardServer(server, accessKeyId);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const expiry = startRemovingExpiredItems({ store, entries }, report);
  return {
    failure: () => file && failure && explainDatabaseError(file, failure),
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      expiry.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** dynalite's server on a store of ours; it makes its own by this function, and takes no other. */
function dynaliteOn(store: DynaliteStore): Server {
  const { create } = dynaliteDatabase;
  dynaliteDatabase.create = () => store;
  try {
    return dynalite({});
  } finally {
    dynaliteDatabase.create = create;
  }
}
