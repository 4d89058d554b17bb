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

interface EmulatorOptions {
  /** Of 127.0.0.1; 0 is any that is free. */
  port: number;
  /** Below which its data are kept; without one they are in memory. */
  folder?: string | undefined;
  /** It answers requests that are signed with this one. */
  accessKeyId: string;
}

interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

/** What stands for the services of AWS on one machine: DynamoDB (dynalite, on a store of ours) and SQS (fauxqs). */
export const EMULATORS = { dynamodb: startDynamoDb, sqs: startSqs };

export type EmulatorName = keyof typeof EMULATORS;

export const isEmulatorName = (name: string): name is EmulatorName => Object.hasOwn(EMULATORS, name);

/** Starts both in this process, on free ports, for the tests. */
export async function startEmulators(
  folder?: string,
  accessKeyId = LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID,
): Promise<Emulators> {
  const options = { port: 0, folder, accessKeyId };
  const [dynamoDb, sqs] = await Promise.all([startDynamoDb(options), startSqs(options)]);
  return {
    dynamoDbEndpoint: dynamoDb.endpoint,
    sqsEndpoint: sqs.endpoint,
    stop: async () => {
      await Promise.all([dynamoDb.stop(), sqs.stop()]);
    },
  };
}

async function startDynamoDb({ port, folder, accessKeyId }: EmulatorOptions): Promise<Emulator> {
  const path = folder && join(folder, 'dynamodb');
  if (path) await mkdir(path, { recursive: true });
  const entries = openEntries(path && join(path, 'table.db'));
  if (path) await takeOverLevelDb(path, entries);
  addMissingIndexes(entries);
  const server = dynaliteOn(dynaliteStore(entries, (error) => process.stderr.write(`DynamoDB: ${error.message}\n`)));
  guardServer(server, accessKeyId);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

async function startSqs({ port, folder, accessKeyId }: EmulatorOptions): Promise<Emulator> {
  const dataDir = folder && join(folder, 'sqs');
  const { started, server } = await startOnLoopback(() =>
    startFauxqs({
      port,
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
