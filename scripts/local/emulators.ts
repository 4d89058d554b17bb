import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { startFauxqs } from 'fauxqs';

/** What the SDK signs its requests with where nobody checks them. */
export const LOCAL_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
export const LOCAL_REGION = 'us-east-1';

export interface Emulators {
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
  stop(): Promise<void>;
}

/** Starts DynamoDB (dynalite) and SQS (fauxqs) in this process, on free loopback ports, their data below `folder` or else in memory. */
export async function startEmulators(folder?: string): Promise<Emulators> {
  const [dynamoDb, sqs] = await Promise.all([startDynamoDb(folder), startSqs(folder)]);
  return {
    dynamoDbEndpoint: dynamoDb.endpoint,
    sqsEndpoint: sqs.endpoint,
    stop: async () => {
      await Promise.all([dynamoDb.stop(), sqs.stop()]);
    },
  };
}

async function startDynamoDb(folder: string | undefined) {
  const path = folder && join(folder, 'dynamodb');
  if (path) await mkdir(path, { recursive: true });
  if (path) await checkUnlocked(path);
  const server = dynalite({ ...(path && { path }), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
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

/** dynalite opens its database in the background and throws past everybody if another process has it; so it is tried beforehand. */
async function checkUnlocked(path: string): Promise<void> {
  const database = new ClassicLevel(path);
  await database.open();
  await database.close();
}

async function startSqs(folder: string | undefined) {
  const server = await startFauxqs({
    port: 0,
    host: '127.0.0.1',
    logger: false,
    defaultRegion: LOCAL_REGION,
    ...(folder && { dataDir: join(folder, 'sqs') }),
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}
