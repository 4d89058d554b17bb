import { randomBytes } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import Joi from 'joi';
import { LIMITS } from '../domain/limits.ts';
import { QUEUE_TIMING } from './queue-timing.ts';
import type { ServiceName } from './services.ts';

/** pino's levels, from much to nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** Every setting of the services, by the name of its environment variable. */
export interface Environment {
  LOG_LEVEL: (typeof LOG_LEVELS)[number];
  HOST: string;
  PORT: number;
  AUTHENTICATION: 'off' | 'api-keys';
  API_KEYS?: string;
  LINK_KEYS?: string;
  CORS_ORIGINS: string;
  ALLOWED_HOSTS: string;
  AWS_REGION: string;
  AWS_ENDPOINT_URL_CLOUDFRONT?: string;
  AWS_ENDPOINT_URL_DYNAMODB?: string;
  AWS_ENDPOINT_URL_S3?: string;
  AWS_ENDPOINT_URL_SQS?: string;
  IMAGE_TABLE_NAME: string;
  PROCESSING_QUEUE_URL: string;
  OBJECT_STORE_URL: string;
  DURABILITY: 'fsync' | 'os';
  DISK_RESERVE_MIB: number;
  CDN_DISTRIBUTION_ID: string;
  SIGNED_URLS: 'off' | 'on';
  HEIC: 'off' | 'on';
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
  SPOT_NOTICE: 'off' | 'on';
  AWS_EC2_METADATA_SERVICE_ENDPOINT: string;
  ECS_AGENT_URI?: string;
}

/** Who owns every image of a service: whoever has a key, or everybody while AUTHENTICATION is `off`. */
export const LOCAL_OWNER = 'local';

export const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

export const API_KEYS_PATTERN = /^[0-9a-f]{64}(,[0-9a-f]{64})*$/;

const LINK_KEYS_PATTERN = /^[a-zA-Z0-9_-]{1,32}:[\w+/=.~-]{32,256}(,[a-zA-Z0-9_-]{1,32}:[\w+/=.~-]{32,256})*$/;

const endpoint = (service: string) =>
  Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .description(`Where ${service} answers, if not at AWS itself: an emulator, or the one-machine stack.`);

/** The contract between whoever starts a service (ECS, `npm start`, a test) and the service. Names are AWS's own where AWS has one. */
export const ENVIRONMENT: { [K in keyof Environment]-?: Joi.Schema } = {
  LOG_LEVEL: Joi.string()
    .valid(...LOG_LEVELS)
    .default('info')
    .description('Lines below this level are not written.'),
  HOST: Joi.string()
    .when('AUTHENTICATION', { is: 'off', then: Joi.valid(...LOOPBACK_HOSTS) })
    .required()
    .messages({
      'any.only': `HOST must be a loopback address (${LOOPBACK_HOSTS.join(', ')}) while AUTHENTICATION is off, because anybody who reaches the port may do anything`,
    })
    .description('Address to listen on.'),
  PORT: Joi.number().port().min(1).required().description('Port to listen on.'),
  AUTHENTICATION: Joi.string()
    .valid('off', 'api-keys')
    .required()
    .description(
      'Who may call. `api-keys`: whoever sends a key of API_KEYS as `Authorization: Bearer KEY`; public images can be downloaded without. `off` lets everybody in, and is refused unless HOST is a loopback address.',
    ),
  API_KEYS: Joi.string()
    .pattern(API_KEYS_PATTERN, 'SHA-256 digests in hex')
    .when('AUTHENTICATION', { is: 'api-keys', then: Joi.required() })
    .description(
      'SHA-256 digests of the keys of AUTHENTICATION=api-keys, in hex, separated by commas; `npm run api-key` makes a key with its digest. Several, so that a key can be replaced while both are valid.',
    ),
  LINK_KEYS: Joi.string()
    .pattern(LINK_KEYS_PATTERN)
    .custom((value: string, helpers) => {
      const ids = value.split(',').map((key) => key.split(':')[0]);
      return new Set(ids).size === ids.length ? value : helpers.error('string.pattern.base');
    })
    // joi's own would write the secrets into the log.
    .messages({
      'string.pattern.base':
        'LINK_KEYS must be ID:SECRET, or several separated by commas, with ids of letters and digits, no two the same, and secrets of 32 characters or more (letters, digits and +/=_.~-)',
    })
    .description(
      'Keys of signed links, which open bytes and events to who has no key: `ID:SECRET,ID:SECRET`. The first signs, all verify, so that a key can be replaced while links of both are good. Without it no links are signed, and none is good.',
    ),
  CORS_ORIGINS: Joi.string()
    .pattern(/^(\*|https?:\/\/[^\s/,*]+(,https?:\/\/[^\s/,*]+)*)$/, 'origins')
    .allow('')
    .default('')
    .description(
      'Whose web pages may use the API from a browser: origins such as `https://app.example.com`, separated by commas, or `*` for all. None by default.',
    ),
  ALLOWED_HOSTS: Joi.string()
    .pattern(/^[^\s,:/]+(,[^\s,:/]+)*$/, 'names without ports')
    .allow('')
    .default('')
    .description(
      'Names beside those of this machine (`localhost`, `127.0.0.1`, `[::1]`) that requests may ask for in their Host while AUTHENTICATION is off, without ports, separated by commas: those of a proxy before it. Not read otherwise.',
    ),
  AWS_REGION: Joi.string()
    .pattern(/^[a-z]{2}(-[a-z]+)+-\d$/, 'region')
    .required()
    .description('Region of the table, the queue and the bucket.'),
  AWS_ENDPOINT_URL_CLOUDFRONT: endpoint('CloudFront'),
  AWS_ENDPOINT_URL_DYNAMODB: endpoint('DynamoDB'),
  AWS_ENDPOINT_URL_S3: endpoint('S3').description(
    'Where S3 answers, if not at AWS itself. Requests to it name the bucket in the path, not in the host.',
  ),
  AWS_ENDPOINT_URL_SQS: endpoint('SQS'),
  IMAGE_TABLE_NAME: Joi.string()
    .pattern(/^[a-zA-Z0-9_.-]{3,255}$/, 'table name')
    .required()
    .description('The DynamoDB table of the metadata.'),
  PROCESSING_QUEUE_URL: Joi.string().uri().required().description('The SQS queue that the workers read.'),
  OBJECT_STORE_URL: Joi.string()
    .pattern(/^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|file:\/\/\/.+)$/, 's3://BUCKET or file:///FOLDER')
    .required()
    .description('Where originals and renditions are kept: `s3://BUCKET` or `file:///FOLDER`.'),
  DURABILITY: Joi.string()
    .valid('fsync', 'os')
    .default('fsync')
    .description(
      'What an answer promises of bytes in a folder. `fsync`: that they are on the disk and survive a power cut. `os`: that they survive the end of the process; the system writes them within half a minute. Not read with S3.',
    ),
  DISK_RESERVE_MIB: Joi.number()
    .integer()
    .min(0)
    .default(1024)
    .description(
      'Where the object store is a folder, what is kept of its disk for deleting and for renditions, and a twentieth of the disk at most: with less left, uploads are 507 `storage_full`.',
    ),
  CDN_DISTRIBUTION_ID: Joi.string()
    .pattern(/^[A-Z0-9]{8,32}$/, 'distribution id')
    .allow('')
    .default('')
    .description('The CloudFront distribution of downloads, asked to forget what is deleted. None by default.'),
  SIGNED_URLS: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Who may have the bytes of private images. `on`: whoever asks, because nobody but the CDN reaches the service for bytes, and it checks the signature of every URL. `off`: whoever has a key or a signed link.',
    ),
  HEIC: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Whether HEIC and HEIF are taken and decoded, as phones make them. `off` unless somebody decides otherwise, because HEVC, in which they are encoded, is patented: whoever turns it on answers for the licences of their country and use. The same for all services.',
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
      'Time for one upload, or one part of it, to arrive; 900 s let 100 MiB through at 1 Mbit/s. ALB allows at most 4,000 s of idleness.',
    ),
  PART_URL_SECRET: Joi.string()
    .min(32)
    .default(() => randomBytes(32).toString('base64url'))
    .description(
      'Signs part URLs where the object store is a folder; S3 signs its own. Without it a new one at each start, which ends the URLs given out before.',
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
    .description('Pixels that an image may have after any command.'),
  MAX_ANIMATION_PIXELS: Joi.number()
    .integer()
    .min(1)
    .max(LIMITS.animationPixels)
    .default(LIMITS.animationPixels)
    .description('Frames times pixels of an animation that stays one; of a larger one the first frame is used.'),
  PROCESSING_TIMEOUT_SECONDS: Joi.number()
    .integer()
    .min(1)
    .max(QUEUE_TIMING.processingTimeoutSeconds)
    .default(QUEUE_TIMING.processingTimeoutSeconds)
    .description('Time that all commands of one rendition may take together.'),
  PROCESS_MEMORY_MIB: Joi.number()
    .integer()
    .min(128)
    .default(1536)
    .description(
      'Memory that one image process may have, MiB; one that has more is ended. The default holds 120 megapixels and a copy of them. WORKER_PROCESSES times this, and 300 MiB for the worker itself, must fit into the task.',
    ),
  WORKER_PROCESSES: Joi.number()
    .integer()
    .min(1)
    .max(64)
    .default(() => Math.min(64, availableParallelism()))
    .description('Processes that work on images, each on one at a time with one thread. Without it as many as cores.'),
  WORKER_CONCURRENCY: Joi.number()
    .integer()
    .min(1)
    .max(64)
    .default(() => Math.min(64, availableParallelism() + 2))
    .description(
      'Messages held at once. Without it two more than cores: while some wait for bytes or an answer, the others keep the image processes busy.',
    ),
  WORK_DIRECTORY: Joi.string()
    .default(join(tmpdir(), 'image-worker'))
    .description(
      'Folder below which originals lie while they are worked on. What is left of earlier work goes at start, so no two workers may share one.',
    ),
  METRICS: Joi.string()
    .valid('off', 'emf')
    .default('off')
    .description(
      'Whether the log also carries a record of every message in the CloudWatch embedded metric format, `emf`. Prometheus can ask at `/metrics` in any case.',
    ),
  SPOT_NOTICE: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Whether the worker watches the instance metadata for the notice that its spot instance is to be interrupted. `on` only on EC2 spot, where the container reaches the metadata service.',
    ),
  AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint('the EC2 instance metadata service')
    .default('http://169.254.169.254')
    .description('Where the EC2 instance metadata service answers.'),
  ECS_AGENT_URI: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .description(
      'Where the ECS agent answers, which ECS itself sets. With it the task is protected from scale-in while a message is held.',
    ),
};

const EVERY_SERVICE = [
  'LOG_LEVEL',
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

/** Which settings each service reads, and no others. */
export const SERVICE_ENVIRONMENT = {
  'sync-upload': [
    ...EVERY_SERVICE,
    'API_KEYS',
    'AWS_ENDPOINT_URL_CLOUDFRONT',
    'CDN_DISTRIBUTION_ID',
    'HEIC',
    'MAX_INPUT_PIXELS',
    'UPLOAD_TIMEOUT_SECONDS',
  ],
  'async-upload': [
    ...EVERY_SERVICE,
    'API_KEYS',
    'HEIC',
    'MAX_INPUT_PIXELS',
    'UPLOAD_TIMEOUT_SECONDS',
    'PART_URL_SECRET',
  ],
  download: [...EVERY_SERVICE, 'API_KEYS', 'HEIC', 'LINK_KEYS', 'SIGNED_URLS'],
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
    'SPOT_NOTICE',
    'AWS_EC2_METADATA_SERVICE_ENDPOINT',
    'ECS_AGENT_URI',
  ],
} as const satisfies Record<ServiceName, readonly (keyof Environment)[]>;

/** The settings of one service, parsed. */
export type Config<S extends ServiceName> = Readonly<
  Pick<Environment, (typeof EVERY_SERVICE)[number] | (typeof SERVICE_ENVIRONMENT)[S][number]>
>;
