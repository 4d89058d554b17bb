import { randomBytes } from 'node:crypto';
import Joi from 'joi';
import type { Visibility } from '../domain/image-record.ts';
import { LIMITS } from '../domain/limits.ts';
import type { ModerationSetting } from '../domain/moderation.ts';
import type { OwnerLimitValues } from '../domain/owner-limits.ts';
import type { ReceiptPrices } from '../domain/receipt.ts';
import type { TransformationControl } from '../domain/transformation-control.ts';
import { CALLER_SETTINGS } from './caller-settings.ts';
import { endpoint } from './endpoint-setting.ts';
import { IMAGE_SETTINGS } from './image-settings.ts';
import type { JwtIssuer } from './jwt-issuers.ts';
import { LOOPBACK_HOSTS } from './secure-url.ts';
import type { ServiceName } from './services.ts';
import { WORKER_SETTINGS } from './worker-settings.ts';

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
  AWS_REGION: Joi.string()
    .pattern(/^[a-z]{2}(-[a-z]+)+-\d$/, 'region')
    .required()
    .description('Region of the table, the queue and the bucket.'),
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
  HEIC: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Whether HEIC and HEIF, the formats of phones, are accepted and decoded. `off` by default, because their encoding, HEVC, is patented: those who turn it on are responsible for licences in their country and for their use. Must be the same for all services.',
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
  ...CALLER_SETTINGS,
  ...IMAGE_SETTINGS,
  ...WORKER_SETTINGS,
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
