import { randomBytes } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import Joi from 'joi';
import { VISIBILITIES, type Visibility } from '../domain/image-record.ts';
import { LIMITS } from '../domain/limits.ts';
import { MODERATION_SETTINGS, type ModerationSetting } from '../domain/moderation.ts';
import type { OwnerLimitValues } from '../domain/owner-limits.ts';
import { BILLED_NAMES, type ReceiptPrices } from '../domain/receipt.ts';
import type { TransformationControl } from '../domain/transformation-control.ts';
import { type JwtIssuer, readJwtIssuers } from './jwt-issuers.ts';
import { ownerLimitsSetting } from './owner-limits.ts';
import { QUEUE_TIMING } from './queue-timing.ts';
import type { ServiceName } from './services.ts';
import { readTransformations } from './transformations.ts';

/** pino's levels, from the most verbose to none. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** All settings of the services, by the names of their environment variables. */
export interface Environment {
  LOG_LEVEL: (typeof LOG_LEVELS)[number];
  IMAGE_SERVICE_VERSION?: string;
  IMAGE_SERVICE_REVISION?: string;
  HOST: string;
  PORT: number;
  AUTHENTICATION: 'off' | 'on';
  API_KEYS?: string;
  JWT_ISSUERS?: JwtIssuer[];
  LINK_KEYS?: string;
  OWNER_LIMITS?: OwnerLimitValues;
  TRUSTED_PROXIES: number;
  CDN_SECRETS?: string;
  CORS_ORIGINS: string;
  ALLOWED_HOSTS: string;
  AWS_REGION: string;
  AUDIT_LOG_GROUP?: string;
  AUDIT_LOG_FILE?: string;
  AWS_ENDPOINT_URL_CLOUDFRONT?: string;
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS?: string;
  AWS_ENDPOINT_URL_DYNAMODB?: string;
  AWS_ENDPOINT_URL_S3?: string;
  AWS_ENDPOINT_URL_SQS?: string;
  IMAGE_TABLE_NAME: string;
  PROCESSING_QUEUE_URL: string;
  OBJECT_STORE_URL: string;
  DURABILITY: 'fsync' | 'os';
  DISK_RESERVE_MIB: number;
  CDN_DISTRIBUTION_ID: string;
  DEFAULT_VISIBILITY: Visibility;
  MODERATION: ModerationSetting;
  MODERATION_WEBHOOK_URL?: string;
  MODERATION_WEBHOOK_SECRET?: string;
  SIGNED_URLS: 'off' | 'on';
  HEIC: 'off' | 'on';
  ORIGINAL_METADATA: 'keep' | 'strip-public' | 'strip-all';
  SVG_SANITIZING: 'off' | 'public' | 'all';
  MAX_INPUT_PIXELS: number;
  UPLOAD_TIMEOUT_SECONDS: number;
  PART_URL_SECRET: string;
  MAX_INPUT_CHANNELS: number;
  MAX_OUTPUT_PIXELS: number;
  MAX_ANIMATION_PIXELS: number;
  PROCESSING_TIMEOUT_SECONDS: number;
  PROCESS_MEMORY_MIB: number;
  WORKER_PROCESSES: number;
  WORKER_CONCURRENCY: number;
  WORK_DIRECTORY: string;
  METRICS: 'off' | 'emf';
  RECEIPT_PRICES?: ReceiptPrices;
  TRANSFORMATIONS?: TransformationControl;
  SPOT_NOTICE: 'off' | 'on';
  AWS_EC2_METADATA_SERVICE_ENDPOINT: string;
  ECS_AGENT_URI?: string;
}

export const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

export const API_KEYS_PATTERN = /^[0-9a-f]{64}(,[0-9a-f]{64})*$/;

const LINK_KEYS_PATTERN = /^[a-zA-Z0-9_-]{1,32}:[\w+/=.~-]{32,256}(,[a-zA-Z0-9_-]{1,32}:[\w+/=.~-]{32,256})*$/;

const WEBHOOK_URLS =
  'MODERATION_WEBHOOK_URL must be a URL with https, or with http on this machine, and without a user';

/** 24 to 64 bytes in base64 have 32 to 88 characters. */
const WEBHOOK_SECRETS_PATTERN = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}(,whsec_[A-Za-z0-9+/]{32,86}={0,2})?$/;

const receiptPricesSchema = Joi.object<ReceiptPrices, true>({
  ...(Object.fromEntries(
    [...BILLED_NAMES, 'cpuSecond'].map((name) => [name, Joi.number().min(0).required()]),
  ) as Record<keyof Omit<ReceiptPrices, 'date'>, Joi.NumberSchema>),
  date: Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD')
    .required(),
});

const readReceiptPrices: Joi.CustomValidator<string, ReceiptPrices> = (text, helpers) => {
  try {
    return Joi.attempt(JSON.parse(text), receiptPricesSchema);
  } catch (error) {
    return helpers.message({ custom: `RECEIPT_PRICES must be unit prices as JSON: ${(error as Error).message}` });
  }
};

const endpoint = (service: string) =>
  Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .description(`The endpoint of ${service}, if it is not AWS itself but an emulator or the one-machine stack.`);

/** The contract between a service and its starter (ECS, `npm start`, a test). Settings that AWS has a name for have that name. */
export const ENVIRONMENT: { [K in keyof Environment]-?: Joi.Schema } = {
  LOG_LEVEL: Joi.string()
    .valid(...LOG_LEVELS)
    .default('info')
    .description('Log lines below this level are not written.'),
  IMAGE_SERVICE_VERSION: Joi.string()
    .pattern(/^\d+\.\d+\.\d+$/, 'X.Y.Z')
    .description('The release that runs, which an image sets itself. `GET /v1/limits`, `/health` and the log name it.'),
  IMAGE_SERVICE_REVISION: Joi.string()
    .pattern(/^[0-9a-f]{40}$/, 'git commit')
    .description('The git commit that runs, which an image sets itself. It is named wherever the release is.'),
  HOST: Joi.string()
    .when('AUTHENTICATION', { is: 'off', then: Joi.valid(...LOOPBACK_HOSTS) })
    .required()
    .messages({
      'any.only': `HOST must be a loopback address (${LOOPBACK_HOSTS.join(', ')}) while AUTHENTICATION is off, because everybody who reaches the port may do everything`,
    })
    .description('Address to listen on.'),
  PORT: Joi.number().port().min(1).required().description('Port to listen on.'),
  AUTHENTICATION: Joi.string()
    .valid('off', 'on')
    .replace(/^api-keys$/, 'on')
    .required()
    .description(
      'Who may use the API. `on`: clients that send a key or a token as `Authorization: Bearer CREDENTIAL`; public images can be downloaded without. `off`: everybody, which is refused unless HOST is a loopback address. `api-keys` is an older word for `on`.',
    ),
  API_KEYS: Joi.string()
    .pattern(API_KEYS_PATTERN, 'SHA-256 digests in hex')
    .description(
      'SHA-256 digests of keys of the owner `local` with all scopes, in hex, separated by commas; `npm run api-key -- digest` makes a key with its digest. With two digests, a key can be replaced while both are valid. Keys of other owners are kept in the table.',
    ),
  JWT_ISSUERS: Joi.string()
    .custom(readJwtIssuers)
    .description(
      'Issuers whose signed tokens are taken, as a JSON list of `name`, `issuer`, `audience` and how to read their claims; docs/authentication.md has examples. It holds no secrets. None by default.',
    ),
  LINK_KEYS: Joi.string()
    .pattern(LINK_KEYS_PATTERN)
    .custom((value: string, helpers) => {
      const ids = value.split(',').map((key) => key.split(':')[0]);
      return new Set(ids).size === ids.length ? value : helpers.error('string.pattern.base');
    })
    // joi's own message would write the secrets into the log.
    .messages({
      'string.pattern.base':
        'LINK_KEYS must be ID:SECRET, or several separated by commas, with ids of letters and digits, no two the same, and secrets of 32 characters or more (letters, digits and +/=_.~-)',
    })
    .description(
      'Keys of signed links, which open bytes and events without an API key: `ID:SECRET,ID:SECRET`. The first key signs and all keys verify, so that a key can be replaced while links of both are valid. Without this setting no links are signed, and none are valid.',
    ),
  OWNER_LIMITS: ownerLimitsSetting,
  TRUSTED_PROXIES: Joi.number()
    .integer()
    .min(0)
    .max(1)
    .default(0)
    .description(
      'How many proxies before the service add the address of their client to `X-Forwarded-For`: 1 behind a load balancer, which adds the last one. 0, the default, takes the address of the connection. It decides which address a request counts for and the log tells. With 1, nobody may reach the service but through the proxy.',
    ),
  CDN_SECRETS: Joi.string()
    .pattern(/^[\x21-\x2b\x2d-\x7e]{16,256}(,[\x21-\x2b\x2d-\x7e]{16,256})*$/)
    .allow('')
    // joi's own message would write the secrets into the log.
    .messages({
      'string.pattern.base': 'CDN_SECRETS must be secrets of 16 to 256 characters without spaces, separated by commas',
    })
    .description(
      'What the CDN sends as `x-origin-verify`, separated by commas while it is replaced. Of a request with one of them the address before the last in `X-Forwarded-For` is that of the client, because the last one is that of the CDN. Only with TRUSTED_PROXIES=1.',
    ),
  CORS_ORIGINS: Joi.string()
    .pattern(/^(\*|https?:\/\/[^\s/,*]+(,https?:\/\/[^\s/,*]+)*)$/, 'origins')
    .allow('')
    .default('')
    .description(
      'Origins whose web pages may use the API from a browser, such as `https://app.example.com`, separated by commas, or `*` for all. None by default.',
    ),
  ALLOWED_HOSTS: Joi.string()
    .pattern(/^[^\s,:/]+(,[^\s,:/]+)*$/, 'names without ports')
    .allow('')
    .default('')
    .description(
      'Names that the Host of requests may have while AUTHENTICATION is off, beside those of this machine (`localhost`, `127.0.0.1`, `[::1]`): for example that of a proxy before the service. Without ports, separated by commas. Not read with AUTHENTICATION on.',
    ),
  AWS_REGION: Joi.string()
    .pattern(/^[a-z]{2}(-[a-z]+)+-\d$/, 'region')
    .required()
    .description('Region of the table, the queue and the bucket.'),
  AUDIT_LOG_GROUP: Joi.string()
    .pattern(/^[\w./#-]{1,512}$/, 'log group')
    .description(
      'The log group of CloudWatch that the audit trail is sent to. Without this setting and AUDIT_LOG_FILE, its lines stand in the usual log.',
    ),
  AUDIT_LOG_FILE: Joi.string()
    .pattern(/^\//, 'absolute path')
    .description(
      'The file that the audit trail is appended to, which only its owner can read. It may be moved away while the service runs. Not read with AUDIT_LOG_GROUP.',
    ),
  AWS_ENDPOINT_URL_CLOUDFRONT: endpoint('CloudFront'),
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint('the logs of CloudWatch'),
  AWS_ENDPOINT_URL_DYNAMODB: endpoint('DynamoDB'),
  AWS_ENDPOINT_URL_S3: endpoint('S3').description(
    'The endpoint of S3, if it is not AWS itself. Requests to it have the bucket in the path, not in the host.',
  ),
  AWS_ENDPOINT_URL_SQS: endpoint('SQS'),
  IMAGE_TABLE_NAME: Joi.string()
    .pattern(/^[a-zA-Z0-9_.-]{3,255}$/, 'table name')
    .required()
    .description('The DynamoDB table with the metadata of images.'),
  PROCESSING_QUEUE_URL: Joi.string().uri().required().description('The SQS queue that the workers read.'),
  OBJECT_STORE_URL: Joi.string()
    .pattern(/^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|file:\/\/\/.+)$/, 's3://BUCKET or file:///FOLDER')
    .required()
    .description('Where originals and renditions are kept: `s3://BUCKET` or `file:///FOLDER`.'),
  DURABILITY: Joi.string()
    .valid('fsync', 'os')
    .default('fsync')
    .description(
      'How durable bytes in a folder are when a response confirms them. `fsync`: they are on the disk and survive a power cut. `os`: they survive the end of the process; the system writes them within half a minute. Not read with S3.',
    ),
  DISK_RESERVE_MIB: Joi.number()
    .integer()
    .min(0)
    .default(1024)
    .description(
      'Disk space to reserve for deletions and renditions if the object store is a folder, at most a twentieth of the disk. With less space left, uploads are refused with 507 `storage_full`.',
    ),
  CDN_DISTRIBUTION_ID: Joi.string()
    .pattern(/^[A-Z0-9]{8,32}$/, 'distribution id')
    .allow('')
    .default('')
    .description(
      'The CloudFront distribution of downloads, from whose cache deleted images are removed. None by default.',
    ),
  DEFAULT_VISIBILITY: Joi.string()
    .valid(...VISIBILITIES)
    .default((parent?: Partial<Environment>) => (parent?.AUTHENTICATION === 'off' ? 'public' : 'private'))
    .description(
      'Who may see an image whose upload does not say it. By default `private`, and `public` while AUTHENTICATION is off, because then there is nobody to keep it from. Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  MODERATION: Joi.string()
    .valid(...MODERATION_SETTINGS)
    .default('off')
    .description(
      'Which new images wait until somebody approves them before their bytes are delivered, to their owners too: `public`, those that others may see; `all`; or none, `off`. Who decides is told by MODERATION_WEBHOOK_URL, or asks, and decides by `PUT /v1/images/{imageId}/moderation`. Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  MODERATION_WEBHOOK_URL: Joi.string()
    .uri({ scheme: ['https', 'http'] })
    .custom((value: string, helpers) => {
      const { protocol, hostname, username, password } = new URL(value);
      const isOpen = protocol === 'http:' && !LOOPBACK_HOSTS.includes(hostname.replace(/^\[(.*)\]$/, '$1'));
      if (isOpen || username || password) return helpers.error('string.uri');
      const [settings] = helpers.state.ancestors as Partial<Environment>[];
      const lacks = settings && !(settings.MODERATION_WEBHOOK_SECRET && settings.LINK_KEYS);
      return lacks ? helpers.error('webhook.alone') : value;
    })
    // Its path may be a secret, which joi's own messages would write into the log.
    .messages({
      ...Object.fromEntries(['string.uri', 'string.uriCustomScheme'].map((code) => [code, WEBHOOK_URLS])),
      'webhook.alone':
        'MODERATION_WEBHOOK_URL needs MODERATION_WEBHOOK_SECRET, which signs what it is told, and LINK_KEYS, which open the bytes to it',
    })
    .description(
      'Who is told of each image that waits for approval, by a POST that is signed as Standard Webhooks. Nobody by default.',
    ),
  MODERATION_WEBHOOK_SECRET: Joi.string()
    .pattern(WEBHOOK_SECRETS_PATTERN)
    .messages({
      'string.pattern.base':
        'MODERATION_WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64, or two such secrets separated by a comma',
    })
    .description(
      'The secret that signs what MODERATION_WEBHOOK_URL is told, as Standard Webhooks has it: `whsec_` and 24 to 64 random bytes in base64. With two, separated by a comma, both sign, so that one can be replaced.',
    ),
  SIGNED_URLS: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Who may download the bytes of private images. `on`: everybody who reaches the service, because only the CDN does, and it checks the signature of every URL. `off`: clients with a key or a signed link.',
    ),
  HEIC: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Whether HEIC and HEIF, the formats of phones, are accepted and decoded. `off` by default, because their encoding, HEVC, is patented: those who turn it on are responsible for licences in their country and for their use. Must be the same for all services.',
    ),
  ORIGINAL_METADATA: Joi.string()
    .valid('keep', 'strip-public', 'strip-all')
    .default('keep')
    .description(
      'Of which images places, camera data, comments and other personal metadata leave the original before it is stored, without a change of its pixels: `strip-public`, `strip-all`, or of none (`keep`). Artist and Copyright of its EXIF stay. A file of which they cannot be removed is refused. Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  SVG_SANITIZING: Joi.string()
    .valid('off', 'public', 'all')
    .default('off')
    .description(
      'Which SVGs lose, before they are stored, what could run a program or load something: those of `public` images, `all`, or none (`off`). Must be the same for all services of the API: download tells it in `GET /v1/limits`.',
    ),
  MAX_INPUT_PIXELS: Joi.number()
    .integer()
    .min(1)
    .default(LIMITS.inputPixels)
    .max(LIMITS.inputPixels)
    .description('Images with more pixels are refused. Lower it for workers with little memory.'),
  UPLOAD_TIMEOUT_SECONDS: Joi.number()
    .integer()
    .min(1)
    .max(4000)
    .default(900)
    .description(
      'Time in which one upload, or one part, must arrive; 900 s are enough for 100 MiB at 1 Mbit/s. The idle timeout of an ALB is at most 4,000 s.',
    ),
  PART_URL_SECRET: Joi.string()
    .min(32)
    .default(() => randomBytes(32).toString('base64url'))
    .description(
      'The secret that signs part URLs if the object store is a folder; S3 signs its own. By default a new one at each start, which invalidates earlier URLs.',
    ),
  MAX_INPUT_CHANNELS: Joi.number()
    .integer()
    .min(3)
    .max(LIMITS.inputChannels)
    .default(LIMITS.inputChannels)
    .description('Images with more channels are refused.'),
  MAX_OUTPUT_PIXELS: Joi.number()
    .integer()
    .min(1)
    .max(LIMITS.outputPixels)
    .default(LIMITS.outputPixels)
    .description('The most pixels that an image may have after any command.'),
  MAX_ANIMATION_PIXELS: Joi.number()
    .integer()
    .min(1)
    .max(LIMITS.animationPixels)
    .default(LIMITS.animationPixels)
    .description(
      'The most frames times pixels of an animated result; of a larger animation only the first frame is used.',
    ),
  PROCESSING_TIMEOUT_SECONDS: Joi.number()
    .integer()
    .min(1)
    .max(QUEUE_TIMING.processingTimeoutSeconds)
    .default(QUEUE_TIMING.processingTimeoutSeconds)
    .description('The time for all commands of one rendition together.'),
  PROCESS_MEMORY_MIB: Joi.number()
    .integer()
    .min(128)
    .default(1536)
    .description(
      'The most memory of one image process in MiB; a process with more is ended. The default has room for 120 megapixels and a copy of them. The task must have room for WORKER_PROCESSES times this, and 300 MiB for the worker itself.',
    ),
  WORKER_PROCESSES: Joi.number()
    .integer()
    .min(1)
    .max(64)
    .default(() => Math.min(64, availableParallelism()))
    .description(
      'Processes that work on images; each works on one at a time with one thread. By default as many as cores.',
    ),
  WORKER_CONCURRENCY: Joi.number()
    .integer()
    .min(1)
    .max(64)
    .default(() => Math.min(64, availableParallelism() + 2))
    .description(
      'Messages in progress at the same time. By default two more than cores: while some wait for bytes or a response, the others keep the image processes busy.',
    ),
  WORK_DIRECTORY: Joi.string()
    .default(join(tmpdir(), 'image-worker'))
    .description(
      'Folder for originals while they are worked on. It is emptied at start, so no two workers may share one.',
    ),
  METRICS: Joi.string()
    .valid('off', 'emf')
    .default('off')
    .description(
      'Whether the log also contains a record of every message in the CloudWatch embedded metric format, `emf`. Prometheus can scrape `/metrics` in any case.',
    ),
  RECEIPT_PRICES: Joi.string()
    .custom(readReceiptPrices)
    .description(
      'Unit prices in USD, as JSON, with which receipts and the records of messages tell what they cost: of one request to S3 at the price of PUT (`puts`) and of GET (`gets`), one read and write unit of DynamoDB (`reads`, `writes`), one request to SQS (`sqs`), one second of a processor (`cpuSecond`); `date` is the oldest of their dates. Without this setting they tell quantities only.',
    ),
  TRANSFORMATIONS: Joi.string()
    .custom(readTransformations)
    .description(
      'Which renditions may be asked for, as JSON. `{"mode": "presets"}`: presets only. `{"mode": "listed", "widths": [320, 640], "formats": ["webp"]}`: presets, and renditions whose `widths`, `heights`, `formats`, `qualities` and `operations` are in these lists; what has no list is free, and of widths and heights one list counts for both. `{"mode": "any"}`, which is the default: all. Others are refused with 403 `transformation_not_allowed`. What was asked for before is made all the same.',
    ),
  SPOT_NOTICE: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Whether the worker watches the instance metadata for the notice that its spot instance will be interrupted. Turn it `on` only on EC2 spot, where the container reaches the metadata service.',
    ),
  AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint('the EC2 instance metadata service')
    .default('http://169.254.169.254')
    .description('The endpoint of the EC2 instance metadata service.'),
  ECS_AGENT_URI: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .description(
      'The endpoint of the ECS agent, which ECS itself sets. With it the task is protected from scale-in while it works on a message.',
    ),
};

const EVERY_SERVICE = [
  'LOG_LEVEL',
  'IMAGE_SERVICE_VERSION',
  'IMAGE_SERVICE_REVISION',
  'HOST',
  'PORT',
  'AUTHENTICATION',
  'CORS_ORIGINS',
  'ALLOWED_HOSTS',
  'AWS_REGION',
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL_SQS',
  'IMAGE_TABLE_NAME',
  'PROCESSING_QUEUE_URL',
  'OBJECT_STORE_URL',
  'DURABILITY',
  'DISK_RESERVE_MIB',
] as const;

/** Of the services that have callers. */
const EVERY_API = [
  'API_KEYS',
  'JWT_ISSUERS',
  'OWNER_LIMITS',
  'TRUSTED_PROXIES',
  'CDN_SECRETS',
  'AUDIT_LOG_GROUP',
  'AUDIT_LOG_FILE',
  'DEFAULT_VISIBILITY',
  'MODERATION',
  'ORIGINAL_METADATA',
  'SVG_SANITIZING',
  'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
] as const;

/** The settings that each service reads. */
export const SERVICE_ENVIRONMENT = {
  'sync-upload': [
    ...EVERY_SERVICE,
    ...EVERY_API,
    'AWS_ENDPOINT_URL_CLOUDFRONT',
    'CDN_DISTRIBUTION_ID',
    'HEIC',
    'LINK_KEYS',
    'MAX_INPUT_PIXELS',
    'TRANSFORMATIONS',
    'MODERATION_WEBHOOK_URL',
    'MODERATION_WEBHOOK_SECRET',
    'UPLOAD_TIMEOUT_SECONDS',
  ],
  'async-upload': [
    ...EVERY_SERVICE,
    ...EVERY_API,
    'HEIC',
    'MAX_INPUT_PIXELS',
    'TRANSFORMATIONS',
    'UPLOAD_TIMEOUT_SECONDS',
    'PART_URL_SECRET',
  ],
  download: [...EVERY_SERVICE, ...EVERY_API, 'HEIC', 'LINK_KEYS', 'SIGNED_URLS', 'TRANSFORMATIONS'],
  worker: [
    ...EVERY_SERVICE,
    'HEIC',
    'MAX_INPUT_PIXELS',
    'MAX_INPUT_CHANNELS',
    'MAX_OUTPUT_PIXELS',
    'MAX_ANIMATION_PIXELS',
    'PROCESSING_TIMEOUT_SECONDS',
    'PROCESS_MEMORY_MIB',
    'WORKER_PROCESSES',
    'WORKER_CONCURRENCY',
    'WORK_DIRECTORY',
    'METRICS',
    'RECEIPT_PRICES',
    'SPOT_NOTICE',
    'AWS_EC2_METADATA_SERVICE_ENDPOINT',
    'ECS_AGENT_URI',
  ],
} as const satisfies Record<ServiceName, readonly (keyof Environment)[]>;

/** The settings of one service, parsed. */
export type Config<S extends ServiceName> = Readonly<
  Pick<Environment, (typeof EVERY_SERVICE)[number] | (typeof SERVICE_ENVIRONMENT)[S][number]>
>;
