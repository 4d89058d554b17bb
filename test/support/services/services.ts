import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { DeleteMessageBatchCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Logger, pino } from 'pino';
import { abortUpload } from '../../../containers/async-upload/abort-upload.ts';
import { completeUpload } from '../../../containers/async-upload/complete-upload.ts';
import { type Completions, openCompletions } from '../../../containers/async-upload/completions.ts';
import { createPartUrls } from '../../../containers/async-upload/create-part-urls.ts';
import { createUpload } from '../../../containers/async-upload/create-upload.ts';
import { getUpload } from '../../../containers/async-upload/get-upload.ts';
import { listParts } from '../../../containers/async-upload/list-parts.ts';
import { uploadLimitHeader } from '../../../containers/async-upload/upload-limit.ts';
import { uploadPart } from '../../../containers/async-upload/upload-part.ts';
import { downloadHandlers } from '../../../containers/download/handlers.ts';
import { openRenditionRequests } from '../../../containers/download/rendition-requests.ts';
import { openWatchedImages } from '../../../containers/download/watched-images.ts';
import { deleteImage } from '../../../containers/sync-upload/delete-image.ts';
import { PURGE_TIMING, purgesFor } from '../../../containers/sync-upload/purges.ts';
import { requestRenditions } from '../../../containers/sync-upload/request-renditions.ts';
import { uploadImage } from '../../../containers/sync-upload/upload-image.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import { decodeMessage, type ProcessingMessage } from '../../../shared/contracts/queue-message.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { HttpLimits } from '../../../shared/http/http-limits.ts';
import { createServer } from '../../../shared/http/server.ts';
import { linkKeysOf } from '../../../shared/http/signed-links.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../../shared/runtime/clients.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import { openObjectStore } from '../../../shared/storage/objects/open-object-store.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import { checkQueue, type ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import { checkTable, type ImageTable } from '../../../shared/storage/table/image-table.ts';

/** A line of the request log. */
export interface LogLine {
  level: number;
  service: string;
  msg: string;
  requestId?: string;
  operation?: string;
  status?: number;
  code?: string;
  error?: unknown;
  disconnected?: boolean;
  [fact: string]: unknown;
}

/** What a suite may want otherwise than `npm start` has it. */
export interface ServicesOptions {
  /** In place of files in the folder, or around them. */
  openObjects?: (openFiles: () => Promise<ObjectStore>) => Promise<ObjectStore>;
  corsOrigins?: string;
  /** Digests; without them everybody may call. */
  apiKeys?: string;
  /** LINK_KEYS in place of the usual; none if empty. */
  linkKeys?: string;
  /** Whether downloads are to take every request for bytes as signed. */
  signedUrls?: boolean;
  /** Whether HEIC is taken. */
  heic?: boolean;
  /** How long a completion is waited for, otherwise than until it is settled. */
  answerWithinMs?: number;
  maxInputPixels?: number;
  /** By which downloads look at what is watched and forget what they know; the machine's own without it. */
  clock?: Clock;
  /** Uploads in parts that may be open at the same time. */
  openUploads?: number;
  /** After how long a reader that takes nothing is cut off. */
  stalledMs?: number;
  /** What clients may cost by being slow. */
  limits?: Partial<HttpLimits>;
  /** Names beside this machine's that requests may ask for. */
  allowedHosts?: string;
  /** Where CloudFront answers; without it there is no CDN. */
  cloudFrontEndpoint?: string;
  /** How purges wait for it, otherwise than `QUICK_PURGES`. */
  purgeTiming?: Partial<typeof PURGE_TIMING>;
}

/** The HTTP services, listening, with the emulators and the folder behind them. */
export interface Services {
  /** `http://127.0.0.1:PORT` of each. */
  upload: string;
  download: string;
  asyncUpload: string;
  baseOf(service: ServiceName): string;
  logs: LogLine[];
  table: ImageTable;
  queue: ProcessingQueue;
  objects: ObjectStore;
  objectsFolder: string;
  /** Those that async-upload has under way. */
  completions: Completions;
  /** Starts another async-upload on the same table and files, as a fleet has it, and answers where it listens. */
  anotherAsyncUpload(): Promise<string>;
  /** Takes every message out of the queue. */
  receiveAll(): Promise<ProcessingMessage[]>;
  /** Every file, item and message that there is. */
  leftovers(): Promise<string[]>;
  /** Stops what the services depend on and leaves them alone. */
  stopEmulators(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds: all waits are short but the one that ends in another answer, which no busy machine may reach. */
export const QUICK_PURGES: typeof PURGE_TIMING = {
  ...PURGE_TIMING,
  gather: 100,
  answerWithin: 50_000,
  firstRetry: 50,
  longestRetry: 100,
};

/** By which async-upload signs URLs for parts. */
export const PART_URL_SECRET = 'a secret of the tests, 32 characters';

/** By which downloads sign links, and another whose links are good. */
export const LINK_KEYS = `now:${'n'.repeat(32)},before:${'b'.repeat(32)}`;

/** That a request to async-upload may last. */
const REQUEST_SECONDS = 60;

/** No completion takes as long on a busy machine, so that it is answered by its end. */
const SETTLED_MS = 100_000;

/** A logger that writes into a list. */
export function logInto(lines: LogLine[], service: string): Logger {
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(JSON.parse(chunk.toString()));
    done();
  };
  return pino({ base: { service } }, new Writable({ write }));
}

/** Starts the services with everything they need, nothing shared with another call. */
export async function startServices(options: ServicesOptions = {}): Promise<Services> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = await mkdtemp(join(tmpdir(), 'image-service-'));
  const emulators = await startEmulators();
  const place = { AWS_REGION: LOCAL_REGION };
  const documents = createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: emulators.dynamoDbEndpoint });
  const sqs = createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: emulators.sqsEndpoint });
  await provisionTable(documents, 'images');
  const queue = { sqs, queueUrl: (await provisionQueues(sqs, 'processing')).queueUrl };
  const table = { documents, tableName: 'images' };
  const openFiles = () =>
    openObjectStore({ url: pathToFileURL(folder).href, durability: 'fsync', reserveMiB: 0 }, () =>
      createS3Client(place),
    );
  const objects = await (options.openObjects?.(openFiles) ?? openFiles());
  const logs: LogLine[] = [];
  const { servers, completions } = await serversFor({ objects, table, queue }, logs, options);
  await Promise.all(servers.map((server) => server.start()));
  const [upload = '', download = '', asyncUpload = ''] = servers.map((server) => server.info.uri);
  let emulatorsRun = true;
  const stopEmulators = async () => {
    if (emulatorsRun) await emulators.stop();
    emulatorsRun = false;
  };
  return {
    upload,
    download,
    asyncUpload,
    baseOf: (service) => {
      const base = { 'sync-upload': upload, 'async-upload': asyncUpload, download, worker: undefined }[service];
      if (!base) throw new Error(`${service} is not started here`);
      return base;
    },
    completions,
    logs,
    table,
    queue,
    objects,
    objectsFolder: folder,
    anotherAsyncUpload: async () => {
      const [, , another] = (await serversFor({ objects: await openFiles(), table, queue }, logs, options)).servers;
      if (!another) throw new Error('there is no other async-upload');
      servers.push(another);
      await another.start();
      return another.info.uri;
    },
    receiveAll: () => receiveAll(queue),
    leftovers: async () => (await Promise.all([filesIn(folder), itemsOf(table), messagesIn(queue)])).flat(),
    stopEmulators,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop({ timeout: 1000 })));
      await completions.drained();
      await stopEmulators();
      documents.destroy();
      sqs.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serversFor(
  { objects, table, queue }: { objects: ObjectStore; table: ImageTable; queue: ProcessingQueue },
  logs: LogLine[],
  {
    corsOrigins: CORS_ORIGINS = '',
    apiKeys: API_KEYS,
    linkKeys = LINK_KEYS,
    answerWithinMs = SETTLED_MS,
    maxInputPixels = LIMITS.inputPixels,
    allowedHosts: ALLOWED_HOSTS = '',
    limits,
    heic = false,
    ...options
  }: ServicesOptions,
) {
  const authentication = API_KEYS
    ? { AUTHENTICATION: 'api-keys' as const, API_KEYS }
    : { AUTHENTICATION: 'off' as const };
  const config = { HOST: '127.0.0.1', PORT: 0, ...authentication, CORS_ORIGINS, ALLOWED_HOSTS, LINK_KEYS: linkKeys };
  const dependencies = { objects, table, queue, maxInputPixels, heic };
  const purges = await purgesFor(cdnOf(options), logInto(logs, 'sync-upload'), {
    ...QUICK_PURGES,
    ...options.purgeTiming,
  });
  const upload = createServer({
    service: 'sync-upload',
    config,
    limits,
    logger: logInto(logs, 'sync-upload'),
    handlers: {
      uploadImage: uploadImage({ ...dependencies, logger: logInto(logs, 'sync-upload') }),
      requestRenditions: requestRenditions(dependencies),
      deleteImage: deleteImage({ ...dependencies, purges: purges }),
    },
    ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
    requestTimeoutSeconds: 60,
  });
  const watched = openWatchedImages({ table, logger: logInto(logs, 'download'), clock: options.clock });
  const download = createServer({
    service: 'download',
    config,
    limits,
    logger: logInto(logs, 'download'),
    ...downloadHandlers({
      objects,
      table,
      renditionRequests: openRenditionRequests({ table, queue }),
      watched,
      clock: options.clock,
      stalledMs: options.stalledMs,
      signedUrls: options.signedUrls ?? false,
      linkKeys: linkKeysOf(config),
      heic,
    }),
    ready: () => Promise.all([objects.check(), checkTable(table)]),
  });
  const logger = logInto(logs, 'async-upload');
  const signed = { ...dependencies, partUrlSecret: PART_URL_SECRET };
  const completions = openCompletions({ ...dependencies, logger });
  const asyncUpload = createServer({
    service: 'async-upload',
    config,
    limits,
    logger,
    handlers: {
      createUpload: createUpload({
        ...dependencies,
        logger,
        ...(options.openUploads !== undefined && { openUploads: options.openUploads }),
      }),
      getUpload: getUpload(dependencies),
      uploadPart: uploadPart({ ...signed, logger, requestSeconds: REQUEST_SECONDS }),
      listParts: listParts(dependencies),
      createPartUrls: createPartUrls(signed),
      completeUpload: completeUpload(dependencies, {
        completions,
        answerWithinMs,
      }),
      abortUpload: abortUpload(dependencies),
    },
    ready: () => Promise.all([objects.check(), checkTable(table), checkQueue(queue)]),
    optionsHeaders: uploadLimitHeader,
    requestTimeoutSeconds: REQUEST_SECONDS,
  });
  return { servers: [upload, download, asyncUpload], completions };
}

const cdnOf = ({ cloudFrontEndpoint }: ServicesOptions) => ({
  AWS_REGION: LOCAL_REGION,
  CDN_DISTRIBUTION_ID: cloudFrontEndpoint ? 'E2QWRUHAPOMQZL' : '',
  ...(cloudFrontEndpoint && { AWS_ENDPOINT_URL_CLOUDFRONT: cloudFrontEndpoint }),
});

async function receiveAll({ sqs, queueUrl }: ProcessingQueue): Promise<ProcessingMessage[]> {
  const received: ProcessingMessage[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) return received;
    received.push(...Messages.map(({ Body = '' }) => decodeMessage(Body)));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function itemsOf({ documents, tableName }: ImageTable): Promise<string[]> {
  const { Items = [] } = await documents.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items.map(({ pk, sk }) => `${pk} ${sk}`).sort();
}

async function messagesIn({ sqs, queueUrl }: ProcessingQueue): Promise<string[]> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const count =
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  return Array.from({ length: count }, () => 'a message');
}
