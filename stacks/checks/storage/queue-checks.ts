import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { deniesPlainHttp, isPublic, readPolicy } from '../access/policy-statements.ts';
import { block, isReference, strings, text, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { parseJson } from '../json-text.ts';

const of = ['aws_sqs_queue'];
/** The defaults of SQS, in seconds. */
const DEFAULTS = { retention: 4 * 24 * 60 * 60, visibility: 30 };

/** The redrive policy of a queue, from the queue itself or from a separate resource. */
function redriveOf(queue: Resource, inventory: Inventory): Values | undefined {
  const separate = inventory.pointingAt(queue, 'aws_sqs_queue_redrive_policy', 'queue_url', 'name', 'url');
  const policy = parseJson(queue.values.redrive_policy ?? separate[0]?.values.redrive_policy);
  return block({ policy }, 'policy');
}

const deadLetterQueueOf = (queue: Resource, inventory: Inventory): Resource | undefined => {
  const target = redriveOf(queue, inventory)?.deadLetterTargetArn;
  const byName = inventory
    .all('aws_sqs_queue')
    .find(({ values }) => values.name && text(target).endsWith(`:${values.name}`));
  return inventory.target(target) ?? byName;
};

const isDeadLetterQueue = (queue: Resource, inventory: Inventory): boolean =>
  inventory.all('aws_sqs_queue').some((other) => deadLetterQueueOf(other, inventory)?.address === queue.address);

const retentionOf = ({ values }: Resource): number => toNumber(values.message_retention_seconds) ?? DEFAULTS.retention;

const policiesFor = (queue: Resource, inventory: Inventory): unknown[] => [
  queue.values.policy,
  ...inventory.pointingAt(queue, 'aws_sqs_queue_policy', 'queue_url', 'name', 'url').map(({ values }) => values.policy),
];

/** Queues: retries, leases, retention and access. */
export const QUEUE_CHECKS: Check[] = [
  {
    id: 'IMG-SQS-001',
    of,
    reason: `A rendition is tried ${QUEUE_TIMING.maxAttempts} times (QUEUE_TIMING.maxAttempts); if its message moves to the dead-letter queue before that, its record never becomes failed. SQS refuses 0.`,
    remedy: 'set maxReceiveCount from QUEUE_TIMING.',
    find(queue, { inventory }) {
      const redrive = redriveOf(queue, inventory);
      if (!redrive) return false;
      const count = toNumber(redrive.maxReceiveCount) ?? 0;
      return count <= QUEUE_TIMING.maxAttempts && `maxReceiveCount is ${count}`;
    },
  },
  {
    id: 'IMG-SQS-002',
    of,
    reason: 'A message that cannot be handled would be retried for days and then vanish.',
    remedy: 'set redrive_policy with the ARN of a dead-letter queue.',
    find: (queue, { inventory }) =>
      !redriveOf(queue, inventory) && !isDeadLetterQueue(queue, inventory) && 'it has no dead-letter queue',
  },
  {
    id: 'IMG-SQS-003',
    of,
    reason:
      'The age of a message counts from when it was first sent, so it would vanish from the dead-letter queue before anybody looks.',
    remedy: 'set the retention of the dead-letter queue to the maximum, 1,209,600 s.',
    find(queue, { inventory }) {
      const dead = deadLetterQueueOf(queue, inventory);
      return (
        dead !== undefined &&
        retentionOf(dead) < retentionOf(queue) &&
        `it keeps messages for ${retentionOf(queue)} s, its dead-letter queue for ${retentionOf(dead)} s`
      );
    },
  },
  {
    id: 'IMG-SQS-004',
    of,
    reason: `Workers renew their leases every ${QUEUE_TIMING.heartbeatSeconds} s, and one renewal may fail: a shorter lease would give the same image to two workers.`,
    remedy: 'set visibility_timeout_seconds from QUEUE_TIMING.',
    find(queue, { inventory }) {
      const seconds = toNumber(queue.values.visibility_timeout_seconds) ?? DEFAULTS.visibility;
      const short = seconds < 2 * QUEUE_TIMING.heartbeatSeconds && !isDeadLetterQueue(queue, inventory);
      return short && `visibility_timeout_seconds is ${seconds}`;
    },
  },
  {
    id: 'IMG-SQS-005',
    of: ['aws_sqs_queue_redrive_allow_policy', 'aws_sqs_queue'],
    reason:
      'SQS accepts only allowAll, denyAll and byQueue, the last with the ARNs of one to ten queues, and refuses other values at apply.',
    remedy: "set redrivePermission to 'byQueue' and sourceQueueArns to the queue's.",
    find({ values }) {
      const { redrive_allow_policy } = values;
      if (redrive_allow_policy === undefined) return false;
      const { redrivePermission, sourceQueueArns } = block({ policy: parseJson(redrive_allow_policy) }, 'policy') ?? {};
      const sources = strings(sourceQueueArns).length;
      if (!['allowAll', 'denyAll', 'byQueue'].includes(text(redrivePermission)))
        return `redrivePermission is ${redrivePermission}`;
      return redrivePermission === 'byQueue' && (sources < 1 || sources > 10) && `byQueue names ${sources} queues`;
    },
  },
  {
    id: 'IMG-SQS-006',
    of,
    reason: 'Messages contain the ids of images and what is done with them.',
    remedy: 'set sqs_managed_sse_enabled to true; it is free.',
    find: ({ values }) =>
      values.sqs_managed_sse_enabled !== true && !values.kms_master_key_id && 'encryption is not switched on',
  },
  {
    id: 'IMG-SQS-007',
    of,
    reason: 'Messages could be sent unencrypted.',
    remedy: 'add aws_sqs_queue_policy with a Deny for everybody if aws:SecureTransport is false.',
    find: (queue, { inventory }) =>
      !policiesFor(queue, inventory).some((policy) =>
        deniesPlainHttp(readPolicy(policy, inventory), `:${queue.values.name}`),
      ) && 'its policy does not deny plain HTTP',
  },
  {
    id: 'IMG-SQS-008',
    of: ['aws_sqs_queue_policy', 'aws_sqs_queue'],
    reason: 'Anybody with an AWS account could send and receive messages.',
    remedy: 'name principals, or add a condition such as aws:SourceArn.',
    find: ({ values }, { inventory }) =>
      readPolicy(values.policy, inventory)?.some(isPublic) && 'its policy allows everybody',
  },
  {
    id: 'IMG-SQS-009',
    of,
    reason: 'SQS accepts a retention of one minute to 14 days, and a lease of at most 12 hours.',
    remedy: 'use the values of QUEUE_TIMING.',
    find(queue) {
      const retention = retentionOf(queue);
      const outside = retention < 60 || retention > QUEUE_TIMING.messageRetentionSeconds;
      return (
        !isReference(queue.values.message_retention_seconds) && outside && `message_retention_seconds is ${retention}`
      );
    },
  },
];
