import { randomBytes } from 'node:crypto';
import type { Durability } from '../../shared/storage/durability.ts';

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
  /** Of 127.0.0.1; 0 is any that is free. */
  port: number;
  /** Below which its data are kept; without one they are in memory. */
  folder?: string | undefined;
  /** It answers requests that are signed with this one. */
  accessKeyId: string;
  /** Of the table; the queue's is always on the disk. */
  durability?: Durability | undefined;
}

export interface Emulator {
  endpoint: string;
  /** What is wrong with its file, where one has failed it since it was opened. */
  failure?(): unknown;
  stop(): Promise<void>;
}

/** What stands for the services of AWS on one machine. Each is loaded where it is started, and nowhere else. */
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
