import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { IMAGE_TABLE } from '../../../shared/contracts/table.ts';
import { type Argument, argumentCheck, fitting, is, isAbsent, isNot, isOrAbsent, isWithin } from '../argument-check.ts';
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
    reason: 'Load comes in bursts, which provisioned capacity refuses, or is paid for all night.',
  },
  {
    id: 'IMG-DDB-102',
    of: TABLE,
    argument: 'server_side_encryption',
    must: isAbsent,
    reason: 'It chooses a key of KMS, charged by request, in place of AWS’s own, which is free.',
  },
  {
    id: 'IMG-DDB-103',
    of: TABLE,
    argument: 'point_in_time_recovery.recovery_period_in_days',
    must: isWithin(14, 35),
    reason: 'A fault that spoils records is often seen after weeks, and the price is the same.',
  },
  {
    id: 'IMG-DDB-104',
    of: TABLE,
    argument: 'ttl.attribute_name',
    must: is(IMAGE_TABLE.timeToLiveAttribute),
    reason: 'Items say in this attribute when they expire: by another none ever does.',
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
    must: fitting('indexes with the on_demand_throughput of the table', (indexes, { values }) =>
      blocks({ indexes }, 'indexes').every(
        ({ on_demand_throughput }) =>
          JSON.stringify(on_demand_throughput) === JSON.stringify(values.on_demand_throughput),
      ),
    ),
    reason: 'An index with a lower ceiling than its table holds the table’s writes back.',
  },
];

const QUEUES: Argument[] = [
  {
    id: 'IMG-SQS-101',
    of: QUEUE,
    argument: 'receive_wait_time_seconds',
    must: is(QUEUE_TIMING.waitTimeSeconds),
    where: ({ redrive_policy }) => redrive_policy !== undefined,
    reason: 'Workers that ask an empty queue without waiting are billed for each time they ask.',
  },
  {
    id: 'IMG-SQS-102',
    of: QUEUE,
    argument: 'fifo_queue',
    must: isNot(true),
    reason: 'One image that is slow would hold up all of its owner, and a queue cannot become another kind.',
  },
  {
    id: 'IMG-SQS-103',
    of: QUEUE,
    argument: 'delay_seconds',
    must: isOrAbsent(0),
    reason: 'Every image would wait that long before a worker may see it.',
  },
  {
    id: 'IMG-SQS-104',
    of: QUEUE,
    argument: 'kms_master_key_id',
    must: isAbsent,
    reason: 'Each call would be one of KMS too, which no role here may make.',
  },
];

/** What an argument of the table or of a queue must be. */
export const TABLE_ARGUMENTS: Check[] = [...TABLES, ...QUEUES].map(argumentCheck);
