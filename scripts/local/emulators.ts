import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import dynalite from 'dynalite';
import dynaliteDatabase, { type DynaliteStore } from 'dynalite/db/index.js';
import { startFauxqs } from 'fauxqs';
import { dynaliteStore } from './dynalite-store.ts';
import { openEntries } from './entries.ts';
import { guardServer, startOnLoopback } from './guarded-server.ts';
import { takeOverLevelDb } from './leveldb-takeover.ts';
import { addMissingIndexes } from './table-indexes.ts';

/** What the SDK signs requests to the emulators with: an access key of this process, without which they answer nobody. */
export const LOCAL_CREDENTIALS = { AWS_ACCESS_KEY_ID: randomBytes(16).toString('hex'), AWS_SECRET_ACCESS_KEY: 'local' };
export const LOCAL_REGION = 'us-east-1';

export interface Emulators {
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts DynamoDB (dynalite) and SQS (fauxqs) in this process, on free loopback ports, their data below `folder` or else in memory. They
 * answer requests that are signed with that access key.
 */
export async function startEmulators(
  folder?: string,
  accessKeyId = LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID,
): Promise<Emulators> {
  const [dynamoDb, sqs] = await Promise.all([startDynamoDb(folder, accessKeyId), startSqs(folder, accessKeyId)]);
  return {
    dynamoDbEndpoint: dynamoDb.endpoint,
    sqsEndpoint: sqs.endpoint,
    stop: async () => {
      await Promise.all([dynamoDb.stop(), sqs.stop()]);
    },
  };
}

async function startDynamoDb(folder: string | undefined, accessKeyId: string) {
  const path = folder && join(folder, 'dynamodb');
  if (path) await mkdir(path, { recursive: true });
  const entries = openEntries(path && join(path, 'table.db'));
  if (path) await takeOverLevelDb(path, entries);
  addMissingIndexes(entries);
  const server = dynaliteOn(dynaliteStore(entries, (error) => process.stderr.write(`DynamoDB: ${error.message}\n`)));
  guardServer(server, accessKeyId);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
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

async function startSqs(folder: string | undefined, accessKeyId: string) {
  const dataDir = folder && join(folder, 'sqs');
  const { started, server } = await startOnLoopback(() =>
    startFauxqs({
      port: 0,
      host: '127.0.0.1',
      logger: false,
      defaultRegion: LOCAL_REGION,
      ...(dataDir && { dataDir }),
    }),
  );
  guardServer(server, accessKeyId);
  if (dataDir) mendRelease(join(dataDir, 'fauxqs.db'));
  return { endpoint: `http://127.0.0.1:${started.port}`, stop: () => started.stop() };
}

/**
 * With a folder, fauxqs 2.4.1 loses a message whose visibility timeout is set to 0: it takes it out of what is in flight, then sets the
 * count of its receives to NULL, which its own schema forbids, and never gets to putting it back. Here that write does what it is for.
 */
function mendRelease(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TRIGGER IF NOT EXISTS released BEFORE UPDATE ON sqs_messages WHEN NEW.approximate_receive_count IS NULL
    BEGIN
      UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = OLD.message_id;
      SELECT RAISE(IGNORE);
    END
  `);
  database.close();
}
