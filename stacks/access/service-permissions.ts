import type { ServiceName } from '../../shared/contracts/services.ts';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';

/** What a permission is for: a thing with a name of its own, as `arnsOf` writes it, never everything. */
export type Resource =
  | { on: 'table' }
  | { on: 'table-indexes' }
  | { on: 'queue' }
  | { on: 'bucket' }
  /** Objects below a prefix of the bucket. */
  | { on: 'objects'; prefix: string }
  /** The tasks of the environment's own cluster. */
  | { on: 'tasks' }
  /** The distribution in front of the downloads; its id is known only when it is there. */
  | { on: 'distribution' };

/** IAM actions on one thing. */
export type Permission = Resource & { actions: readonly string[] };

const originals = (...actions: string[]): Permission => ({ on: 'objects', prefix: KEY_PREFIXES.originals, actions });
const renditions = (...actions: string[]): Permission => ({ on: 'objects', prefix: KEY_PREFIXES.renditions, actions });
/** Without it S3 answers 403 and not 404 for a key that is not there. */
const listBucket: Permission = { on: 'bucket', actions: ['s3:ListBucket'] };
/** What an upload writes: images, renditions, uploads in parts, how many of them are open, the room of their parts, and what has become of Idempotency-Keys. */
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

/**
 * What each service may do, and nothing else: its task role is made of this. Whoever adds a call of the SDK adds its action here; the
 * end-to-end run against the applied roles' policies tells what is missing.
 */
export const PERMISSIONS: Record<ServiceName, readonly Permission[]> = {
  'sync-upload': [
    originals('s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'),
    renditions('s3:DeleteObject'),
    listBucket,
    keepRecords,
    askQueue,
    { on: 'distribution', actions: ['cloudfront:CreateInvalidation'] },
  ],
  'async-upload': [
    originals(
      's3:PutObject',
      's3:GetObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ),
    { on: 'bucket', actions: ['s3:ListBucket', 's3:ListBucketMultipartUploads'] },
    keepRecords,
    askQueue,
  ],
  download: [
    originals('s3:GetObject'),
    renditions('s3:GetObject'),
    listBucket,
    // Writes: what a client asks for and is not there is queued. Deletes: unless the image is deleted meanwhile.
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
