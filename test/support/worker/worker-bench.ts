import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import {
  type Consumers,
  type Delivery,
  type MessageHandler,
  startConsumers,
} from '../../../containers/worker/consumers.ts';
import { openMessageMetrics } from '../../../containers/worker/metrics/message-metrics.ts';
import { type ProcessDependencies, processMessage } from '../../../containers/worker/process-message.ts';
import { openProcessing } from '../../../containers/worker/service.ts';
import { protectTask } from '../../../containers/worker/task-protection.ts';
import { openWorkDirectory, type WorkDirectory } from '../../../containers/worker/work-directory.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { parsePipeline } from '../../../shared/contracts/api/command-schemas.ts';
import { encodeMessage } from '../../../shared/contracts/queue-message.ts';
import type { RenditionRequest } from '../../../shared/domain/commands.ts';
import { createImageId } from '../../../shared/domain/image-id.ts';
import { originalKey } from '../../../shared/domain/object-key.ts';
import { queuedRendition, type Rendition } from '../../../shared/domain/rendition.ts';
import { openRequestLedger } from '../../../shared/runtime/aws-requests.ts';
import { createDocumentClient, createSqsClient } from '../../../shared/runtime/clients.ts';
import { loadConfig } from '../../../shared/runtime/config.ts';
import { createLogger } from '../../../shared/runtime/logger.ts';
import { openFileObjectStore } from '../../../shared/storage/objects/file-object-store.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import { type ProcessingQueue, sendMessage } from '../../../shared/storage/queues/processing-queue.ts';
import { type ImageTable, readImage } from '../../../shared/storage/table/image-table.ts';
import { createImage } from '../../../shared/storage/table/image-writes.ts';
import { eventually } from '../eventually.ts';
import { storedObject } from '../storage/bodies.ts';

/** An image before the worker processes it. */
interface Given {
  bytes?: Buffer;
  renditions: RenditionRequest[];
  owner?: string;
  /** Further fields of its renditions' records beside `queued`. */
  rendition?: Partial<Rendition>;
  /** The content type in the record; image/png by default. */
  contentType?: string;
}

/** Everything that a worker depends on, in memory and in a temporary folder. */
export interface Bench {
  folder: string;
  endpoints: { dynamoDb: string; sqs: string };
  table: ImageTable;
  objects: ObjectStore;
  directory: WorkDirectory;
  logger: ReturnType<typeof createLogger>;
  /** A queue of its own for each test, with its dead letters. */
  openQueue(): Promise<{ queue: ProcessingQueue; deadLetters: ProcessingQueue }>;
  process(changes?: Partial<ProcessDependencies>): MessageHandler;
  /** Consumers of a queue that end with the test. */
  consume(queue: ProcessingQueue, process?: MessageHandler, concurrency?: number): Consumers;
  /** Stores an original with its record, and returns its id. */
  store(given: Given, imageId?: string): Promise<string>;
  rendition(imageId: string, name?: string): Promise<Rendition | undefined>;
  /** Keys of the renditions that are in the object store. */
  renditionObjects(imageId: string): Promise<string[]>;
  stopConsumers(): Promise<void>;
  stop(): Promise<void>;
}

export const request = (
  name: string,
  commands: object[] = [],
  output: object = { format: 'png' },
): RenditionRequest => ({
  name,
  ...parsePipeline({ commands, output }),
});

export const bodyOf = (imageId: string, renditions: RenditionRequest[]): string =>
  encodeMessage({ imageId, requestId: 'test', renditions });

export const ask = (queue: ProcessingQueue, imageId: string, renditions: RenditionRequest[]): Promise<void> =>
  sendMessage(queue, { imageId, requestId: 'test', renditions });

/** A delivery like those of the consumers, for tests that play the queue themselves. */
export const delivery = (body: string, changes: Partial<Delivery> = {}): Delivery => ({
  body,
  receiveCount: 1,
  sentAt: Date.now(),
  lost: new AbortController().signal,
  stopping: new AbortController().signal,
  requests: openRequestLedger(),
  onEnd: (listener) => listener(),
  ...changes,
});

/** The numbers of waiting messages and of messages in flight. */
export async function depthOf({ sqs, queueUrl }: ProcessingQueue): Promise<{ waiting: number; held: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages),
    held: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

export const drained = (queue: ProcessingQueue, deadline?: number): Promise<unknown> =>
  eventually(
    'the queue is empty',
    async () => {
      const { waiting, held } = await depthOf(queue);
      return waiting + held === 0;
    },
    deadline,
  );

/** Receives the next message and returns it to the queue several times, like workers that die with it. */
export async function receiveAndDrop({ sqs, queueUrl }: ProcessingQueue, times: number): Promise<void> {
  for (let received = 0; received < times; received += 1) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 }));
    for (const message of Messages) await hide({ sqs, queueUrl }, message, 0);
  }
}

export async function hide(
  { sqs, queueUrl }: ProcessingQueue,
  { ReceiptHandle }: Message,
  VisibilityTimeout: number,
): Promise<void> {
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout }));
}

/** The settings of a worker with two image processes, which gets its table, queue and store from the tests. */
export const WORKER_CONFIG = loadConfig('worker', {
  HOST: '127.0.0.1',
  PORT: '1',
  AUTHENTICATION: 'off',
  AWS_REGION: LOCAL_REGION,
  IMAGE_TABLE_NAME: 'images',
  PROCESSING_QUEUE_URL: 'http://127.0.0.1',
  OBJECT_STORE_URL: 'file:///unused',
  WORKER_PROCESSES: '2',
  PROCESS_MEMORY_MIB: '1024',
});

/** What may stand between a worker and what it depends on. */
interface Between {
  /** Answers the endpoint to use in place of an emulator's. */
  endpoint?(emulator: string): Promise<string>;
  /** Answers the store to use in place of a folder's. */
  objects?(folder: ObjectStore): ObjectStore;
}

export async function startBench(between: Between = {}): Promise<Bench> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = await mkdtemp(join(tmpdir(), 'worker-bench-'));
  const emulators = await startEmulators();
  const { endpoint = async (emulator) => emulator, objects: storeOf = (store) => store } = between;
  const documents = createDocumentClient({
    AWS_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL_DYNAMODB: await endpoint(emulators.dynamoDbEndpoint),
  });
  const place = { AWS_REGION: LOCAL_REGION, AWS_ENDPOINT_URL_SQS: await endpoint(emulators.sqsEndpoint) };
  const table = { documents, tableName: 'images' };
  await provisionTable(documents, table.tableName);
  const objects = storeOf(await openFileObjectStore(join(folder, 'objects')));
  const directory = await openWorkDirectory(join(folder, 'work'));
  const logger = createLogger('worker', { LOG_LEVEL: 'silent' });
  const metrics = openMessageMetrics({ METRICS: 'off' });
  const running: Consumers[] = [];
  let queues = 0;

  const dependencies = openProcessing(WORKER_CONFIG, { objects, table, directory, metrics, logger });

  const bench: Bench = {
    folder,
    endpoints: { dynamoDb: emulators.dynamoDbEndpoint, sqs: emulators.sqsEndpoint },
    table,
    objects,
    directory,
    logger,
    async openQueue() {
      // Each test has its own client, so that middleware of a test stays there.
      const sqs = createSqsClient(place);
      queues += 1;
      const { queueUrl, deadLetterQueueUrl } = await provisionQueues(sqs, `queue-${queues}`);
      return { queue: { sqs, queueUrl }, deadLetters: { sqs, queueUrl: deadLetterQueueUrl } };
    },
    process: (changes = {}) => processMessage({ ...dependencies, ...changes }),
    consume(queue, work = bench.process(), concurrency = 1) {
      const consumers = startConsumers({
        queue,
        concurrency,
        process: work,
        protection: protectTask(undefined, logger),
        logger,
      });
      running.push(consumers);
      return consumers;
    },
    async store(
      { bytes, renditions, owner = 'local', contentType = 'image/png', rendition },
      imageId = createImageId(),
    ) {
      const facts = {
        contentType,
        contentLength: bytes?.length ?? 0,
        // Each image has its own checksum, from which names of renditions are derived.
        checksumSha256: storedObject(Buffer.from(imageId)).checksumSha256,
      };
      if (bytes) await objects.put(originalKey(imageId), Readable.from([bytes]), facts);
      const createdAt = new Date().toISOString();
      await createImage(table, {
        record: { imageId, owner, status: 'stored', ...facts, createdAt },
        renditions: renditions.map((asked) => ({ ...queuedRendition(asked, new Date()), ...rendition })),
      });
      return imageId;
    },
    async rendition(imageId, name = 'thumb') {
      const image = await readImage(table, imageId, { consistent: true });
      return image?.renditions.find((rendition) => rendition.name === name);
    },
    renditionObjects: (imageId) => readdir(join(folder, 'objects', 'objects', 'renditions', imageId)).catch(() => []),
    async stopConsumers() {
      await Promise.all(running.splice(0).map((consumers) => consumers.drain(1)));
    },
    async stop() {
      await bench.stopConsumers();
      await dependencies.processes.stop();
      await emulators.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return bench;
}
