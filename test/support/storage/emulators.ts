import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type Emulators,
  LOCAL_CREDENTIALS,
  LOCAL_REGION,
  startEmulators,
} from '../../../scripts/local/emulators/emulators.ts';
import { createDocumentClient, createSqsClient } from '../../../shared/runtime/clients.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';

export interface StorageClients {
  documents: DynamoDBDocumentClient;
  sqs: SQSClient;
}

/** The emulators for the contract suites of table and queue, opened once for each suite, with its own table and queue. */
export interface OpenedTable {
  table: ImageTable;
  /** False where a condition and its write are two steps, between which another write comes: see aws-endpoint.ts. */
  atomic: boolean;
  close(): Promise<void>;
}
export interface OpenedQueue {
  queue: ProcessingQueue;
  queueName: string;
  deadLetterQueueUrl: string;
  close(): Promise<void>;
}

export const uniqueName = (noun: string): string => `test-${noun}-${randomUUID()}`;

export function clientsOf({ dynamoDbEndpoint, sqsEndpoint }: Omit<Emulators, 'stop'>): StorageClients {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const place = { AWS_REGION: LOCAL_REGION };
  return {
    documents: createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint }),
    sqs: createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: sqsEndpoint }),
  };
}

/** Opens a table in a folder, calls `work` with it, and closes it. */
export async function withTableIn<Result>(
  folder: string,
  tableName: string,
  work: (documents: DynamoDBDocumentClient) => Promise<Result>,
): Promise<Result> {
  const emulators = await startEmulators(folder);
  const { documents } = clientsOf(emulators);
  try {
    await provisionTable(documents, tableName);
    return await work(documents);
  } finally {
    documents.destroy();
    await emulators.stop();
  }
}

/** A table in its own emulators, in memory. */
export async function openLocalTable(): Promise<OpenedTable> {
  const { documents, close } = await openEmulators();
  const tableName = uniqueName('images');
  await provisionTable(documents, tableName);
  return { table: { documents, tableName }, atomic: true, close };
}

/** A queue in its own emulators, in memory unless a folder is given. */
export async function openLocalQueue(folder?: string): Promise<OpenedQueue> {
  const { sqs, close } = await openEmulators(folder);
  const queueName = uniqueName('processing');
  const { queueUrl, deadLetterQueueUrl } = await provisionQueues(sqs, queueName);
  return { queue: { sqs, queueUrl }, queueName, deadLetterQueueUrl, close };
}

async function openEmulators(folder?: string): Promise<StorageClients & { close(): Promise<void> }> {
  const emulators = await startEmulators(folder);
  const clients = clientsOf(emulators);
  const close = async () => {
    clients.documents.destroy();
    clients.sqs.destroy();
    await emulators.stop();
  };
  return { ...clients, close };
}
