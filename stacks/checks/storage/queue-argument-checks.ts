import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { type Argument, argumentCheck, is, isAbsent, isNot, isOrAbsent } from '../argument-check.ts';
import type { Check } from '../check.ts';

const QUEUE = 'aws_sqs_queue';

const QUEUES: Argument[] = [
  {
    id: 'IMG-SQS-101',
    of: QUEUE,
    argument: 'receive_wait_time_seconds',
    must: is(QUEUE_TIMING.waitTimeSeconds),
    where: ({ redrive_policy }) => redrive_policy !== undefined,
    reason: 'Without long polling, workers pay for countless requests to an empty queue.',
  },
  {
    id: 'IMG-SQS-102',
    of: QUEUE,
    argument: 'fifo_queue',
    must: isNot(true),
    reason: 'One slow image would delay all images of its owner, and the type of a queue cannot be changed later.',
  },
  {
    id: 'IMG-SQS-103',
    of: QUEUE,
    argument: 'delay_seconds',
    must: isOrAbsent(0),
    reason: 'Every image would wait that long before a worker can receive it.',
  },
  {
    id: 'IMG-SQS-104',
    of: QUEUE,
    argument: 'kms_master_key_id',
    must: isAbsent,
    reason: 'Each call would also use KMS, for which no role here has permission.',
  },
];

/** Arguments of queues. */
export const QUEUE_ARGUMENT_CHECKS: Check[] = QUEUES.map(argumentCheck);
