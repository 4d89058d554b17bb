import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { discardIncoming } from '../../shared/storage/objects/file-object-store.ts';
import { CommandError, runCommand, WrongUse } from '../command-line.ts';
import { makeDataFolder, objectsFolder } from './data-folder/data-folder.ts';
import { readOrCreateLinkKeys } from './data-folder/link-keys.ts';
import { provision } from './emulators/provision.ts';
import { isListeningOn } from './loopback.ts';

/** Milliseconds that the emulators have to start. */
const EMULATORS_MS = 60_000;

/**
 * Prepares the volume of compose.yaml before its services start, and ends: `node setup-process.ts FOLDER`, with the settings of a service in the
 * environment. The first time it makes the keys, which the services get from a file, because no file of the project may have any.
 */
await runCommand(async () => {
  const [folder] = process.argv.slice(2);
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS, IMAGE_TABLE_NAME, PROCESSING_QUEUE_URL } = process.env;
  if (!folder || !AWS_ENDPOINT_URL_DYNAMODB || !AWS_ENDPOINT_URL_SQS || !IMAGE_TABLE_NAME || !PROCESSING_QUEUE_URL)
    throw new WrongUse('This takes a folder, and the endpoints, table and queue of a service in the environment.');
  makeDataFolder(objectsFolder(folder));
  await discardIncoming(objectsFolder(folder));
  const key = await makeKeys(folder);
  for (const url of [AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS]) await listening(url);
  const endpoints = { dynamoDbEndpoint: AWS_ENDPOINT_URL_DYNAMODB, sqsEndpoint: AWS_ENDPOINT_URL_SQS };
  // Its host ends in numbers and is no address, which URL does not take.
  const queueName = PROCESSING_QUEUE_URL.split('/').at(-1) ?? '';
  await provision(endpoints, { tableName: IMAGE_TABLE_NAME, queueName });
  process.stdout.write(key ? shown(key) : 'Callers send the API key that the first start has shown.\n');
});

function shown(key: string): string {
  return `
Callers send this API key, which is shown only now, as the header Authorization: Bearer KEY

  ${key}

`;
}

/** Writes the file of keys, unless there is one, and returns the new key of callers, of which the file has the digest only. */
async function makeKeys(folder: string): Promise<string | undefined> {
  const file = join(folder, 'settings.env');
  if (existsSync(file)) return undefined;
  const key = randomBytes(32).toString('base64url');
  const settings = {
    API_KEYS: createHash('sha256').update(key).digest('hex'),
    LINK_KEYS: await readOrCreateLinkKeys(folder),
    PART_URL_SECRET: randomBytes(32).toString('base64url'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  // Whole or not at all: half a file would be taken for all keys at the next start.
  await writeFile(`${file}.new`, lines.join(''), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return key;
}

async function listening(url: string): Promise<void> {
  const end = Date.now() + EMULATORS_MS;
  while (!(await isListeningOn(Number(new URL(url).port)))) {
    if (Date.now() > end) throw new CommandError(`Nobody listens at ${url}: docker compose logs says why.`);
    await sleep(100);
  }
}
