import { randomBytes } from 'node:crypto';
import type { Durability } from '../../../shared/storage/objects/durability.ts';

/** What the SDK signs requests to the emulators with: an access key of this process, without which they answer nobody. */
export const LOCAL_CREDENTIALS = { AWS_ACCESS_KEY_ID: randomBytes(16).toString('hex'), AWS_SECRET_ACCESS_KEY: 'local' };
export const LOCAL_REGION = 'us-east-1';

/** The URL of a queue, as fauxqs answers it, so that it is known before there is anybody to ask. Only its path is read. */
export const queueUrlAt = (sqsEndpoint: string, queueName: string): string =>
  `http://sqs.${LOCAL_REGION}.${new URL(sqsEndpoint).host}/000000000000/${queueName}`;

export interface Emulators {
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** The port of 127.0.0.1; 0 means any free one. */
  port: number;
  /** The folder of its data; without one they are in memory. */
  folder?: string | undefined;
  /** It answers only requests that are signed with this key. */
  accessKeyId: string;
  /** The durability of the table; the queue always writes to the disk. */
  durability?: Durability | undefined;
}

export interface Emulator {
  endpoint: string;
  /** Returns what is wrong with its file if that has failed since it was opened. */
  failure?(): unknown;
  stop(): Promise<void>;
}

/** The emulators of AWS services. Each is loaded only by the process that starts it. */
export const EMULATORS = {
  dynamodb: async (options: EmulatorOptions) => (await import('./dynamodb.ts')).startDynamoDb(options),
  sqs: async (options: EmulatorOptions) => (await import('./sqs.ts')).startSqs(options),
};

export type EmulatorName = keyof typeof EMULATORS;

export const isEmulatorName = (name: string): name is EmulatorName => Object.hasOwn(EMULATORS, name);

/** Starts both in this process, on free ports, for the tests. */
export async function startEmulators(
  folder?: string,
  accessKeyId = LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID,
): Promise<Emulators> {
  const options = { port: 0, folder, accessKeyId };
  const [dynamoDb, sqs] = await Promise.all([EMULATORS.dynamodb(options), EMULATORS.sqs(options)]);
  return {
    dynamoDbEndpoint: dynamoDb.endpoint,
    sqsEndpoint: sqs.endpoint,
    stop: async () => {
      await Promise.all([dynamoDb.stop(), sqs.stop()]);
    },
  };
}
