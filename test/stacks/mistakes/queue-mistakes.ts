import { IamAccessKey } from '@cdktf/provider-aws/lib/iam-access-key/index.js';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { add, json, type Mistake, remove, set, statement } from './mistake.ts';

const QUEUE = 'processing-queue';
const DEAD = 'dead-letter-queue';
const TABLE = 'image-table';

const open = { Effect: 'Allow', Principal: { AWS: '*' }, Condition: {} };
const DAY_SECONDS = 24 * 60 * 60;

export const QUEUE_MISTAKES: Mistake[] = [
  ['a maxReceiveCount of 0', 'IMG-SQS-001', json(QUEUE, 'redrive_policy', { maxReceiveCount: 0 })],
  [
    'a redrive before the last attempt',
    'IMG-SQS-001',
    json(QUEUE, 'redrive_policy', { maxReceiveCount: QUEUE_TIMING.maxAttempts }),
  ],
  ['a queue without a dead-letter queue', 'IMG-SQS-002', set(QUEUE, 'redrive_policy', undefined)],
  [
    'a dead-letter queue with a short retention',
    'IMG-SQS-003',
    set(DEAD, 'message_retention_seconds', 4 * DAY_SECONDS),
  ],
  [
    'a lease that ends with one late heartbeat',
    'IMG-SQS-004',
    set(QUEUE, 'visibility_timeout_seconds', QUEUE_TIMING.heartbeatSeconds + 1),
  ],
  [
    'a redrive permission that does not exist',
    'IMG-SQS-005',
    json(`${DEAD}-redrive`, 'redrive_allow_policy', { redrivePermission: 'byQueues' }),
  ],
  [
    'a redrive permission for nobody',
    'IMG-SQS-005',
    json(`${DEAD}-redrive`, 'redrive_allow_policy', { sourceQueueArns: [] }),
  ],
  ['unencrypted messages', 'IMG-SQS-006', set(QUEUE, 'sqs_managed_sse_enabled', undefined)],
  ['a queue that allows plain HTTP', 'IMG-SQS-007', remove(`${QUEUE}-policy`)],
  [
    'a queue that allows some actions by plain HTTP',
    'IMG-SQS-007',
    statement(`${QUEUE}-policy`, 'policy', 0, { Action: 'sqs:SendMessage' }),
  ],
  ['a queue that everybody may use', 'IMG-SQS-008', statement(`${QUEUE}-policy`, 'policy', 0, open)],
  ['messages for 30 days', 'IMG-SQS-009', set(QUEUE, 'message_retention_seconds', 30 * DAY_SECONDS)],
  ['a table that cannot be restored', 'IMG-DDB-001', set(TABLE, 'point_in_time_recovery', undefined)],
  ['a table that may be deleted', 'IMG-DDB-002', set(TABLE, 'deletion_protection_enabled', false)],
  ['a table without a throughput limit', 'IMG-DDB-003', set(TABLE, 'on_demand_throughput', undefined)],
  ['a table with another key', 'IMG-DDB-004', set(TABLE, 'range_key', 'sort')],
  ['a table without its indexes', 'IMG-DDB-004', set(TABLE, 'global_secondary_index', [])],
  ['items that never expire', 'IMG-DDB-005', set(TABLE, 'ttl', undefined)],
  ['an access key', 'IMG-IAM-008', add((stack) => new IamAccessKey(stack, 'key', { user: 'somebody' }))],
];
