import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { DeleteMessageBatchCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Logger, pino } from 'pino';
import type { Completions } from '../../../containers/async-upload/completions.ts';
import { startAsyncUpload } from '../../../containers/async-upload/service.ts';
import { startDownload } from '../../../containers/download/service.ts';
import { ERASURE_TIMING } from '../../../containers/sync-upload/erasure.ts';
import { INVALIDATION_TIMING } from '../../../containers/sync-upload/invalidation-retries.ts';
import { NOTICE_TIMING } from '../../../containers/sync-upload/moderation-notices.ts';
import { startSyncUpload } from '../../../containers/sync-upload/service.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmulators } from '../../../scripts/local/emulators/emulators.ts';
import type { Environment } from '../../../shared/contracts/environment.ts';
import { decodeMessage, type ProcessingMessage } from '../../../shared/contracts/queue-message.ts';
import type { RunningVersion } from '../../../shared/contracts/running-version.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import type { AuditLine } from '../../../shared/domain/audit-line.ts';
import type { Visibility } from '../../../shared/domain/image-record.ts';
import type { ModerationSetting } from '../../../shared/domain/moderation.ts';
import { NO_OWNER_LIMITS, type OwnerLimits, type OwnerLimitValues } from '../../../shared/domain/owner-limits.ts';
import type { Verifier } from '../../../shared/domain/principal.ts';
import type { TransformationControl } from '../../../shared/domain/transformation-control.ts';
import type { HttpLimits } from '../../../shared/http/http-limits.ts';
import { createDocumentClient, createS3Client, createSqsClient } from '../../../shared/runtime/clients.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import { loadConfig } from '../../../shared/runtime/config.ts';
import { openAccess } from '../../../shared/services/access.ts';
import type { EconomyMode } from '../../../shared/services/economy-mode.ts';
import { openOwnerLimits } from '../../../shared/services/owner-limits.ts';
import type { ApiName } from '../../../shared/services/run-service.ts';
import type { ObjectStore } from '../../../shared/storage/objects/object-store.ts';
import { openObjectStore } from '../../../shared/storage/objects/open-object-store.ts';
import { provisionQueues, provisionTable } from '../../../shared/storage/provisioning.ts';
import type { ProcessingQueue } from '../../../shared/storage/queues/processing-queue.ts';
import type { ImageTable } from '../../../shared/storage/table/image-table.ts';
import { OWNER_ISSUERS } from './owners.ts';

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

/** Settings in which a suite may differ from `npm start`. */
export interface ServicesOptions {
  /** A store in place of files in the folder, or a wrapper around that. */
  openObjects?: (openFiles: () => Promise<ObjectStore>) => Promise<ObjectStore>;
  /** Answers the endpoint to use in place of an emulator's. */
  endpoint?: (emulator: string) => Promise<string>;
  corsOrigins?: string;
  /** Digests of API keys; without them no key is required. */
  apiKeys?: string;
  /** ORIGINAL_METADATA and SVG_SANITIZING, if not their defaults. */
  ingestion?: Partial<Pick<Environment, 'ORIGINAL_METADATA' | 'SVG_SANITIZING'>>;
  /** Whether callers are the owners of `ownerToken`, each with images of its own. */
  owners?: boolean;
  /** Verifiers of credentials that are asked before those of the services themselves. */
  verifiers?: Verifier[];
  /** JWT_ISSUERS in place of the issuer of `ownerToken`. */
  issuers?: string;
  /** The clock by which what is known of credentials grows old; that of the machine if absent. */
  accessClock?: Clock;
  /** Epoch milliseconds by which upload tokens expire; those of the machine if absent. */
  now?: () => number;
  /** Which renditions may be asked for; all if absent. */
  transformations?: TransformationControl;
  /** Who may see an image whose upload does not say it; everybody by default, also where there are owners. */
  defaultVisibility?: Visibility;
  /** Which images wait for a decision; none by default. */
  moderation?: ModerationSetting;
  /** Who is told of them. */
  moderationWebhook?: string;
  /** The timing of what it is told; by default `QUICK_NOTICES`. */
  noticeTiming?: Partial<typeof NOTICE_TIMING>;
  /** LINK_KEYS in place of the default; none if empty. */
  linkKeys?: string;
  /** Whether downloads accept every request for bytes as signed. */
  signedUrls?: boolean;
  /** A table in place of one in an emulator of their own. */
  table?: ImageTable;
  /** Whether the services save costs; by default they do not. */
  economyMode?: EconomyMode;
  /** Whether HEIC is accepted. */
  heic?: boolean;
  /** What the services say of themselves; unknown if this is absent. */
  running?: RunningVersion;
  /** How long a request waits for a completion; by default until it is settled. */
  answerWithinMs?: number;
  maxInputPixels?: number;
  /** The clock of the download service for watching images and expiring its cache; by default the machine's. */
  clock?: Clock;
  /** Limits of owners, beside those that every deployment has. */
  ownerLimits?: Partial<OwnerLimitValues>;
  /** The time after which a reader that reads nothing is disconnected. */
  stalledMs?: number;
  /** Milliseconds between two comments in a stream of events. */
  heartbeatMs?: number;
  /** Limits for slow clients. */
  limits?: Partial<HttpLimits>;
  /** Names beside this machine's that requests may ask for. */
  allowedHosts?: string;
  /** The URL of CloudFront; without it there is no CDN. */
  cloudFrontEndpoint?: string;
  /** The timing of CDN invalidations; by default `QUICK_INVALIDATIONS`. */
  invalidationTiming?: Partial<typeof INVALIDATION_TIMING>;
  /** The timing of erasures; by default `QUICK_ERASURES`. */
  erasureTiming?: Partial<typeof ERASURE_TIMING>;
  /** Public images from which on an erasure purges all of the CDN. */
  manyPublic?: number;
}

/** The listening HTTP services, with their emulators and folder. */
export interface Services {
  /** `http://127.0.0.1:PORT` of each. */
  upload: string;
  download: string;
  asyncUpload: string;
  baseOf(service: ServiceName): string;
  logs: LogLine[];
  /** The lines of the audit trail. */
  audit: AuditLine[];
  table: ImageTable;
  queue: ProcessingQueue;
  objects: ObjectStore;
  objectsFolder: string;
  /** The running completions of async-upload. */
  completions: Completions;
  /** No limits of owners but those of every deployment, on the table of the services. */
  limits: OwnerLimits;
  /** Starts another async-upload on the same table and files, as in a fleet, and returns its URL. */
  anotherAsyncUpload(): Promise<string>;
  /** Takes every message out of the queue. */
  receiveAll(): Promise<ProcessingMessage[]>;
  /** Every file, item and message that there is. */
  leftovers(): Promise<string[]>;
  /** Stops what the services depend on and leaves them alone. */
  stopEmulators(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds. All waits are short, except the one after which the answer differs, which must not be reached on a busy machine. */
export const QUICK_INVALIDATIONS: typeof INVALIDATION_TIMING = {
  ...INVALIDATION_TIMING,
  gather: 100,
  answerWithin: 50_000,
  firstRetry: 50,
  longestRetry: 100,
};

/** The key with which async-upload signs URLs for parts. */
export const PART_URL_SECRET = 'a secret of the tests, 32 characters';

/** The key with which downloads sign links, and another one whose links are valid. */
export const LINK_KEYS = `now:${'n'.repeat(32)},before:${'b'.repeat(32)}`;

/** Lists of the emulator are not behind its table. */
const QUICK_ERASURES = { ...ERASURE_TIMING, quiet: 20, pause: 50 };
/** The secrets with which sync-upload signs what it tells the webhook. */
export const WEBHOOK_SECRETS = ['n', 'b'].map((letter) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`);

/** Milliseconds. All waits are short. */
const QUICK_NOTICES: typeof NOTICE_TIMING = {
  ...NOTICE_TIMING,
  every: 50,
  takenFor: 2_000,
  firstRetry: 50,
  longestRetry: 200,
};

/** The time that a request to async-upload may take. */
const REQUEST_SECONDS = 60;

/** Longer than a completion takes on a busy machine, so that the answer is its result. */
const SETTLED_MS = 100_000;

/** A logger that writes into a list. */
export function logInto(lines: LogLine[], service: string): Logger {
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(JSON.parse(chunk.toString()));
    done();
  };
  return pino({ base: { service } }, new Writable({ write }));
}

/** Starts the services with everything that they need. Nothing is shared between calls. */
export async function startServices(options: ServicesOptions = {}): Promise<Services> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = await mkdtemp(join(tmpdir(), 'image-service-'));
  const emulators = await startEmulators();
  const place = { AWS_REGION: LOCAL_REGION };
  const { endpoint = async (emulator: string) => emulator } = options;
  const [dynamoDb, queues] = [await endpoint(emulators.dynamoDbEndpoint), await endpoint(emulators.sqsEndpoint)];
  const documents = createDocumentClient({ ...place, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb });
  const sqs = createSqsClient({ ...place, AWS_ENDPOINT_URL_SQS: queues });
  const queue = { sqs, queueUrl: (await provisionQueues(sqs, 'processing')).queueUrl };
  const table = options.table ?? { documents, tableName: 'images' };
  if (!options.table) await provisionTable(documents, table.tableName);
  const openFiles = () =>
    openObjectStore({ url: pathToFileURL(folder).href, durability: 'fsync', reserveMiB: 0 }, () =>
      createS3Client(place),
    );
  const objects = await (options.openObjects?.(openFiles) ?? openFiles());
  const logs: LogLine[] = [];
  const audit: AuditLine[] = [];
  const started: Backends = { objects, table, queue, objectsFolder: folder, logs, audit, stopAccess: [] };
  const [sync, down, async] = await Promise.all([
    syncUploadOf(started, options).then(startSyncUpload),
    downloadOf(started, options).then(startDownload),
    asyncUploadOf(started, options).then(startAsyncUpload),
  ]);
  const services = [sync, down, async];
  const [upload, download, asyncUpload] = [sync.url, down.url, async.url];
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
    completions: async.completions,
    limits: openOwnerLimits({ table, logger: logInto(logs, 'test'), values: NO_OWNER_LIMITS, uploadSeconds: 60 }),
    logs,
    audit,
    table,
    queue,
    objects,
    objectsFolder: folder,
    anotherAsyncUpload: async () => {
      const another = await startAsyncUpload(await asyncUploadOf({ ...started, objects: await openFiles() }, options));
      services.push(another);
      return another.url;
    },
    receiveAll: () => receiveAll(queue),
    leftovers: async () => (await Promise.all([filesIn(folder), itemsOf(table), messagesIn(queue)])).flat(),
    stopEmulators,
    stop: async () => {
      await Promise.all(started.stopAccess.map((stop) => stop()));
      await Promise.all(services.map((service) => service.stop(1)));
      await stopEmulators();
      documents.destroy();
      sqs.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What every service of a suite runs on. */
type Backends = Pick<Services, 'objects' | 'table' | 'queue' | 'objectsFolder' | 'logs' | 'audit'> & {
  stopAccess: (() => Promise<void>)[];
};

/** What every service takes, with the settings that a suite wants read as the environment of a process is read. */
async function common<S extends ApiName>(service: S, backends: Backends, options: ServicesOptions) {
  const { objects, table, queue, logs, audit } = backends;
  // Any free port, which is no setting that a service takes.
  const config = { ...loadConfig(service, { ...settingsOf(backends, options), PORT: '1' }), PORT: 0 };
  const logger = logInto(logs, service);
  const access = await openAccess({
    ...{ service, config, table, logger },
    ...{ clock: options.accessClock, now: options.now },
  });
  backends.stopAccess.push(access.stop);
  return {
    ...{ config, logger },
    limits: options.limits,
    economyMode: options.economyMode ?? { isOn: () => false },
    access: {
      ...access,
      verifiers: [...(options.verifiers ?? []), ...access.verifiers],
      audit: (line: AuditLine) => void audit.push(line),
    },
    ...{ objects, table, queue },
  };
}

const settingsOf = ({ table, queue, objectsFolder }: Backends, options: ServicesOptions): Record<string, string> => ({
  HOST: '127.0.0.1',
  AUTHENTICATION: options.apiKeys || options.owners || options.issuers ? 'on' : 'off',
  API_KEYS: options.apiKeys ?? '',
  ...options.ingestion,
  JWT_ISSUERS: options.issuers ?? (options.owners ? OWNER_ISSUERS : ''),
  CORS_ORIGINS: options.corsOrigins ?? '',
  ALLOWED_HOSTS: options.allowedHosts ?? '',
  LINK_KEYS: options.linkKeys ?? LINK_KEYS,
  AWS_REGION: LOCAL_REGION,
  AWS_ENDPOINT_URL_CLOUDFRONT: options.cloudFrontEndpoint ?? '',
  CDN_DISTRIBUTION_ID: options.cloudFrontEndpoint ? 'E2QWRUHAPOMQZL' : '',
  IMAGE_TABLE_NAME: table.tableName,
  PROCESSING_QUEUE_URL: queue.queueUrl,
  OBJECT_STORE_URL: pathToFileURL(objectsFolder).href,
  DEFAULT_VISIBILITY: options.defaultVisibility ?? 'public',
  MODERATION: options.moderation ?? 'off',
  MODERATION_WEBHOOK_URL: options.moderationWebhook ?? '',
  MODERATION_WEBHOOK_SECRET: WEBHOOK_SECRETS.join(),
  SIGNED_URLS: options.signedUrls ? 'on' : 'off',
  HEIC: options.heic ? 'on' : 'off',
  ...(options.transformations && { TRANSFORMATIONS: JSON.stringify(options.transformations) }),
  IMAGE_SERVICE_VERSION: options.running?.version ?? '',
  IMAGE_SERVICE_REVISION: options.running?.revision ?? '',
  ...(options.ownerLimits && { OWNER_LIMITS: JSON.stringify({ ...NO_OWNER_LIMITS, ...options.ownerLimits }) }),
  ...(options.maxInputPixels && { MAX_INPUT_PIXELS: String(options.maxInputPixels) }),
  UPLOAD_TIMEOUT_SECONDS: String(REQUEST_SECONDS),
  PART_URL_SECRET,
});

const syncUploadOf = async (backends: Backends, options: ServicesOptions) => ({
  ...(await common('sync-upload', backends, options)),
  invalidationTiming: { ...QUICK_INVALIDATIONS, ...options.invalidationTiming },
  erasureTiming: { ...QUICK_ERASURES, ...options.erasureTiming },
  manyPublic: options.manyPublic,
  noticeTiming: { ...QUICK_NOTICES, ...options.noticeTiming },
});

const downloadOf = async (backends: Backends, options: ServicesOptions) => ({
  ...(await common('download', backends, options)),
  clock: options.clock,
  stalledMs: options.stalledMs,
  heartbeatMs: options.heartbeatMs,
});

const asyncUploadOf = async (backends: Backends, options: ServicesOptions) => ({
  ...(await common('async-upload', backends, options)),
  answerWithinMs: options.answerWithinMs ?? SETTLED_MS,
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
