import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { type Range, sumOf } from '../report/cost-report.ts';
import { type Billed, scaled, used } from './charge.ts';
import { serviceCounts } from './compute/service-counts.ts';
import type { Context } from './context.ts';
import { SECONDS_A_MONTH } from './month.ts';
import { callsInMonth } from './request-lines.ts';
import type { AwsCall } from './requests-per-operation.ts';
import type { Resource } from './resource.ts';

/** Receives that each waiting consumer makes in a month if no message comes. */
const POLLS = SECONDS_A_MONTH / QUEUE_TIMING.waitTimeSeconds;

/** Long polls of consumers without a message. Busy ones wait less, so this is a little more than AWS bills. */
export function pollsOf({ services, traffic, workload }: Context): Range {
  const workers = services.filter(({ receivers }) => receivers > 0);
  return sumOf(workers.map((facts) => scaled(serviceCounts(facts, traffic, workload).tasks, facts.receivers * POLLS)));
}

export const messageRequests = (context: Context): number =>
  callsInMonth(context, ({ service }: AwsCall) => service === 'sqs');

export const queueLines = ({ address, values }: Resource, context: Context): Billed[] =>
  // Messages come to the dead-letter queue only when something is broken.
  values.redrive_policy === undefined
    ? []
    : [
        {
          area: 'queue',
          item: 'SQS: messages',
          resource: address,
          how: 'sent, received and deleted, each a request of less than 64 KB',
          charges: [{ price: 'sqs.standard.request', amount: used(messageRequests(context)) }],
        },
        {
          area: 'queue',
          item: 'SQS: polls without a message',
          resource: address,
          how: `each consumer of a worker waits ${QUEUE_TIMING.waitTimeSeconds} s`,
          charges: [{ price: 'sqs.standard.request', amount: pollsOf(context) }],
        },
      ];
