import { formatNumber } from '../../report/amounts.ts';
import type { CostWarning } from '../../report/cost-report.ts';
import { sum } from '../../workloads/workload.ts';
import { cdnRequests } from '../cdn-lines.ts';
import { instancesFor } from '../compute/instance-hours.ts';
import type { ServiceFacts } from '../compute/service-facts.ts';
import { shareByHour, tasksByHour } from '../compute/tasks-needed.ts';
import { tableUnitsInMonth } from '../table-lines.ts';
import { over, type Priced } from '../unit-prices.ts';
import { AWS_QUOTAS, type AwsQuota, type AwsQuotaName } from './aws-quotas.ts';

const BITS = 8;
const GIGA = 1e9;

/** How much of what happens in a month falls into a second of the busiest hour. */
export const aSecondAtPeak = (inMonth: number, { workload }: Pick<Priced, 'workload'>): number =>
  (inMonth * Math.max(...shareByHour(workload))) / 3600;

/** The most of something that all services have together in an hour of the day, by what each has for its tasks. */
const mostAtOnce = (priced: Priced, countOf: (facts: ServiceFacts, tasks: number) => number): number => {
  const days = priced.services.map((facts) =>
    tasksByHour(facts, priced.traffic, priced.workload).map((tasks) => countOf(facts, tasks)),
  );
  return Math.max(...priced.workload.dailyCurve.map((_, hour) => sum(days.map((day) => day[hour] ?? 0))));
};

/** The share of the reads of bytes that are of renditions, whose prefix is the busier one. */
const renditionShare = ({ traffic: { reads } }: Priced): number =>
  over(reads.rendition, reads.rendition + reads.original);

/** How much of each quota the workload takes in its busiest hour. */
const TAKEN: Readonly<Record<AwsQuotaName, (priced: Priced) => number>> = {
  cdnRequests: (priced) => (priced.hasCdn ? aSecondAtPeak(cdnRequests(priced), priced) : 0),
  cdnGigabits: (priced) => (priced.hasCdn ? (aSecondAtPeak(priced.traffic.bytesDelivered, priced) * BITS) / GIGA : 0),
  loadBalancerTargets: (priced) =>
    mostAtOnce(priced, ({ requestsPerTaskPerMinute }, tasks) => (requestsPerTaskPerMinute ? tasks : 0)),
  clusterInstances: (priced) =>
    mostAtOnce(priced, (facts, tasks) => (facts.fleet ? instancesFor(tasks, { ...facts, fleet: facts.fleet }) : 0)),
  tableWrites: (priced) => aSecondAtPeak(tableUnitsInMonth(priced).writes, priced),
  tableReads: (priced) => aSecondAtPeak(tableUnitsInMonth(priced).reads, priced),
  prefixWrites: (priced) => aSecondAtPeak(priced.traffic.renditionsMade, priced),
  prefixReads: (priced) => aSecondAtPeak(priced.traffic.operations.readBytes * renditionShare(priced), priced),
  messagesInFlight: (priced) => mostAtOnce(priced, ({ receivers }, tasks) => receivers * tasks),
};

const remedyOf = ({ isAdjustable }: AwsQuota): string =>
  isAdjustable
    ? 'Ask AWS for more before there is so much to do.'
    : 'AWS divides the prefix by itself while the load grows, and answers 503 until it has: let the load grow over hours.';

/** Default quotas of AWS that the workload exceeds in its busiest hour. */
export const quotaWarnings = (priced: Priced): CostWarning[] =>
  (Object.keys(AWS_QUOTAS) as AwsQuotaName[]).flatMap((name) => {
    const quota: AwsQuota = AWS_QUOTAS[name];
    const taken = TAKEN[name](priced);
    if (taken <= quota.limit) return [];
    const sentence = `The workload takes ${formatNumber(taken)} ${quota.unit} in the busiest hour, and AWS allows ${formatNumber(quota.limit)} by default (${quota.source}, read ${quota.read}). ${remedyOf(quota)}`;
    return [{ code: 'aws-quota', sentence, usd: 0 }];
  });
