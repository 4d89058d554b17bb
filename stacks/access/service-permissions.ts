import type { ServiceName } from '../../shared/contracts/services.ts';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';

/** The resource of a permission: a named one from `arnsOf`, never a wildcard for all. */
export type Resource =
  | { on: 'table' }
  | { on: 'table-indexes' }
  | { on: 'queue' }
  | { on: 'bucket' }
  /** Objects below a prefix of the bucket. */
  | { on: 'objects'; prefix: string }
  /** The tasks of the environment's own cluster. */
  | { on: 'tasks' }
  /** The log group of the audit trail. */
  | { on: 'audit-log' }
  /** The distribution in front of the download service; its id is known only after it has been created. */
  | { on: 'distribution' };

/** IAM actions on one resource. */
export type Permission = Resource & { actions: readonly string[] };

const originals = (...actions: string[]): Permission => ({ on: 'objects', prefix: KEY_PREFIXES.originals, actions });
/** Where bytes are until what must be removed of them is. */
const received = (...actions: string[]): Permission => ({ on: 'objects', prefix: KEY_PREFIXES.received, actions });
const renditions = (...actions: string[]): Permission => ({ on: 'objects', prefix: KEY_PREFIXES.renditions, actions });
/** Without this permission S3 answers 403 instead of 404 for a missing key. */
const listBucket: Permission = { on: 'bucket', actions: ['s3:ListBucket'] };
/**
 * Uploading writes records of images, renditions, uploads in parts, the number of open uploads, the space reserved for their parts, and the
 * outcome of requests with an Idempotency-Key.
 */
const keepRecords: Permission = {
  on: 'table',
  actions: [
    'dynamodb:Query',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:DescribeTable',
  ],
};
const askQueue: Permission = { on: 'queue', actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'] };

/** Each process writes into a stream of its own. */
const keepTrail: Permission = { on: 'audit-log', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'] };

/**
 * All permissions of each service; its task role is made from this table. For a new SDK call, add its action here: the end-to-end run with the
 * policies of the applied roles shows what is missing.
 */
export const SERVICE_PERMISSIONS: Record<ServiceName, readonly Permission[]> = {
  'sync-upload': [
    originals('s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'),
    received('s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload'),
    renditions('s3:DeleteObject'),
    listBucket,
    keepRecords,
    keepTrail,
    askQueue,
    { on: 'distribution', actions: ['cloudfront:CreateInvalidation'] },
    // Finds the invalidations that are owed.
    { on: 'table-indexes', actions: ['dynamodb:Query'] },
  ],
  'async-upload': [
    originals(
      's3:PutObject',
      's3:GetObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ),
    received(
      's3:PutObject',
      's3:GetObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ),
    { on: 'bucket', actions: ['s3:ListBucket', 's3:ListBucketMultipartUploads'] },
    keepRecords,
    keepTrail,
    askQueue,
  ],
  download: [
    originals('s3:GetObject'),
    renditions('s3:GetObject'),
    listBucket,
    // Requested renditions that are missing are recorded and queued; the record is deleted again if the image is deleted meanwhile. API keys and
    // upload tokens are read by queries, and what owners use is counted.
    {
      on: 'table',
      actions: [
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:DescribeTable',
      ],
    },
    keepTrail,
    { on: 'table-indexes', actions: ['dynamodb:Query'] },
    { on: 'queue', actions: ['sqs:SendMessage'] },
  ],
  worker: [
    originals('s3:GetObject'),
    renditions('s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'),
    listBucket,
    { on: 'table', actions: ['dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:DescribeTable'] },
    {
      on: 'queue',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
    },
    { on: 'tasks', actions: ['ecs:UpdateTaskProtection', 'ecs:GetTaskProtection'] },
  ],
};
