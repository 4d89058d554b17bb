import { ACCESS_TIMING } from '../../../shared/contracts/access-timing.ts';
import { owedPartsOf } from '../../../shared/contracts/table.ts';
import { type Range, sumOf } from '../report/cost-report.ts';
import { sum } from '../workloads/workload.ts';
import { isOfOwner } from './access-calls.ts';
import { type Billed, scaled, used } from './charge.ts';
import { serviceCounts } from './compute/service-counts.ts';
import type { ServiceFacts } from './compute/service-facts.ts';
import { operationsOf, requestsOf } from './compute/tasks-needed.ts';
import type { Context } from './context.ts';
import { SECONDS_A_MONTH } from './month.ts';

const MS_A_MONTH = SECONDS_A_MONTH * 1000;

/** Requests of owners that a service answers in a month, each with a credential. */
const requestsOfOwners = (service: string, { traffic, workload }: Context): number =>
  sum(
    operationsOf(service)
      .filter(isOfOwner)
      .map((name) => traffic.operations[name] * requestsOf(name, workload)),
  );

/**
 * How often the tasks of the API do something in a month for each key that is in use: each of them once in so many milliseconds, but not more often than
 * there are requests.
 */
const timesOfKeys = (everyMs: number, context: Context): number =>
  sum(
    context.services.map((facts) => {
      const { tasks } = serviceCounts(facts, context.traffic, context.workload);
      const most = (tasks.typical * context.workload.apiKeys * MS_A_MONTH) / everyMs;
      return Math.min(most, requestsOfOwners(facts.service, context));
    }),
  );

/** Read units of API keys: consistent reads of an item, a unit each. */
const keyReads = (context: Context): Range =>
  used(context.access.hasKeys ? timesOfKeys(ACCESS_TIMING.keyFreshMs, context) : 0);

/** Write units of notes of when keys were last used. Each process tries; a write that finds a note is billed too. */
const keyNotes = (context: Context): Range =>
  used(context.access.hasKeys ? timesOfKeys(ACCESS_TIMING.keyUseNotedMs, context) : 0);

/** Queries for what is owed that one task of sync-upload makes in a month: one for each part of the index and each look. */
function looksOfTask({ access, invalidates }: Context): number {
  const looks = [
    ...(access.hasWebhook ? [['owed_moderation', ACCESS_TIMING.noticeEveryMs] as const] : []),
    ...(invalidates ? [['owed_invalidation', ACCESS_TIMING.invalidationOwedMs] as const] : []),
  ];
  return sum(looks.map(([work, everyMs]) => (owedPartsOf(work).length * MS_A_MONTH) / everyMs));
}

/** Read units of these queries: each is half a unit, because it may be stale and finds little. */
function owedReads(context: Context): Range {
  const { services, traffic, workload } = context;
  const looking = services.filter(({ service }: ServiceFacts) => service === 'sync-upload');
  return sumOf(looking.map((facts) => scaled(serviceCounts(facts, traffic, workload).tasks, looksOfTask(context) / 2)));
}

/** The request units that tasks take beside the operations. */
export const unitsOfTasks = (context: Context): { reads: number; writes: number } => ({
  reads: keyReads(context).typical + owedReads(context).typical,
  writes: keyNotes(context).typical,
});

/** What tasks ask the table beside their operations: about the keys of callers, and for what is owed. */
export function accessLines(resource: string, context: Context): Billed[] {
  const { apiKeys } = context.workload;
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    ...{ area: 'table', item: `DynamoDB: ${item}`, resource, how, charges: [charge] },
  });
  return [
    line(
      'reads of API keys',
      `each task reads each of ${apiKeys} keys every ${ACCESS_TIMING.keyFreshMs / 1000} s at most, while it is used`,
      { price: 'dynamodb.on-demand.read', amount: keyReads(context) },
    ),
    line('notes of when API keys were used', `each task notes each of ${apiKeys} keys once an hour, while it is used`, {
      price: 'dynamodb.on-demand.write',
      amount: keyNotes(context),
    }),
    line('looks for what is owed', 'tasks of sync-upload, for moderation notices and for invalidations', {
      price: 'dynamodb.on-demand.read',
      amount: owedReads(context),
    }),
  ];
}
