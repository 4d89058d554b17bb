import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import {
  type Argument,
  argumentCheck,
  is,
  isAbsent,
  isNot,
  isOrAbsent,
  isWithin,
  satisfying,
} from '../argument-check.ts';
import { blocks } from '../blocks.ts';
import type { Check } from '../check.ts';

const TABLE = 'aws_dynamodb_table';
const QUEUE = 'aws_sqs_queue';

const TABLES: Argument[] = [
  {
    id: 'IMG-DDB-101',
    of: TABLE,
    argument: 'billing_mode',
    must: is('PAY_PER_REQUEST'),
    reason: 'Load comes in bursts: provisioned capacity would refuse them, or cost money all night.',
  },
  {
    id: 'IMG-DDB-102',
    of: TABLE,
    argument: 'server_side_encryption',
    must: isAbsent,
    reason: 'It selects a KMS key, which is charged by request, instead of AWS’s own key, which is free.',
  },
  {
    id: 'IMG-DDB-103',
    of: TABLE,
    argument: 'point_in_time_recovery.recovery_period_in_days',
    must: isWithin(14, 35),
    reason:
      'A fault that damages records is often noticed only after weeks, and the price does not depend on the period.',
  },
  {
    id: 'IMG-DDB-104',
    of: TABLE,
    argument: 'ttl.attribute_name',
    must: is(IMAGE_TABLE.timeToLiveAttribute),
    reason: 'Items have their time of expiry in this attribute, and with another one they would never expire.',
  },
  {
    id: 'IMG-DDB-105',
    of: TABLE,
    argument: 'table_class',
    must: isNot('STANDARD_INFREQUENT_ACCESS'),
    reason: 'Its requests cost a quarter more, and requests are most of the bill.',
  },
  {
    id: 'IMG-DDB-106',
    of: TABLE,
    argument: 'global_secondary_index',
    must: satisfying('indexes with the on_demand_throughput of the table', (indexes, { values }) =>
      blocks({ indexes }, 'indexes').every(
        ({ on_demand_throughput }) =>
          JSON.stringify(on_demand_throughput) === JSON.stringify(values.on_demand_throughput),
      ),
    ),
    reason: 'An index with a lower limit than its table throttles writes to the table.',
  },
];

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

/** Arguments of the table and of queues. */
export const TABLE_ARGUMENTS: Check[] = [...TABLES, ...QUEUES].map(argumentCheck);
