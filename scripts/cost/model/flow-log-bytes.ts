import { type Range, sumOf } from '../report/cost-report.ts';
import { scaled, used } from './charge.ts';
import { serviceCounts } from './compute/service-counts.ts';
import type { ServiceFacts } from './compute/service-facts.ts';
import type { Context } from './context.ts';
import { balancedRequests, REQUESTS_PER_CONNECTION } from './load-balancer-lines.ts';
import { SECONDS_A_MONTH } from './month.ts';
import { endpointsTakeAll } from './network-lines.ts';
import { referenced } from './resource.ts';

/**
 * A record is for one direction of one connection, on one network interface, in one window; on instances of today's kind (Nitro) the window is a
 * minute, whatever is set: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (read 2026-11-30). The first example of
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html has 114 bytes, and CloudWatch adds 26 to each.
 */
export const FLOW_RECORD_BYTES = 140;
const WINDOWS_A_MONTH = SECONDS_A_MONTH / 60;
const DIRECTIONS = 2;

/** The interfaces that see a connection: a task's own; with the load balancer's; and for what leaves the network also that of NAT, twice. */
const SEEN = { byTask: 1, byBalancerAndTask: 2, byTaskAndEndpoint: 2, byTaskAndNat: 3 };

/** A client's connection has a record while it is used, and one when it is closed after its time without requests, a minute later. */
const WINDOWS_PER_CLIENT = 2;

/** Connections that are kept open and used in each minute. Assumed: of each zone's load balancer to a task, and of a task to S3 and DynamoDB. */
const KEPT = { byBalancer: 2, toStores: 8 };

/** Connections of one consumer of a worker: to S3 and DynamoDB, and to SQS, which is outside. */
const OF_CONSUMER = { toStores: 2, outside: 1 };
/** The connection over which a task's log lines go. */
const OF_LOG = 1;

/** Seconds between two checks of a task's health by each zone's load balancer, every time over a new connection; undefined for workers. */
function healthInterval({ address }: ServiceFacts, { resources }: Context): number | undefined {
  const service = resources.find((resource) => resource.address === address);
  const [balanced] = [service?.values.load_balancer ?? []].flat();
  if (!balanced) return undefined;
  const [check] = [referenced(resources, balanced.target_group_arn).values.health_check ?? {}].flat();
  return Number(check.interval ?? 30);
}

const zonesOf = ({ resources }: Context): number =>
  Math.max(0, ...resources.filter(({ type }) => type === 'aws_lb').map(({ values }) => (values.subnets ?? []).length));

/** The records of one task in a minute. */
function recordsOfTask(facts: ServiceFacts, context: Context): number {
  const interval = healthInterval(facts, context);
  const fromBalancer = interval === undefined ? 0 : zonesOf(context) * (KEPT.byBalancer + 60 / interval);
  const toStores = facts.receivers > 0 ? facts.receivers * OF_CONSUMER.toStores : KEPT.toStores;
  const outside = facts.receivers * OF_CONSUMER.outside + OF_LOG;
  const seenOutside = endpointsTakeAll(context) ? SEEN.byTaskAndEndpoint : SEEN.byTaskAndNat;
  return DIRECTIONS * (fromBalancer * SEEN.byBalancerAndTask + toStores * SEEN.byTask + outside * seenOutside);
}

/**
 * The bytes that a log of all connections has in a month: those of tasks, which they keep, and those of clients and edges to the load balancer. What
 * strangers on the Internet try is not counted.
 */
export function flowLogBytes(context: Context): Range {
  const ofTasks = context.services.map((facts) =>
    scaled(
      serviceCounts(facts, context.traffic, context.workload).tasks,
      recordsOfTask(facts, context) * WINDOWS_A_MONTH,
    ),
  );
  const connections = balancedRequests(context) / REQUESTS_PER_CONNECTION;
  return scaled(sumOf([...ofTasks, used(connections * DIRECTIONS * WINDOWS_PER_CLIENT)]), FLOW_RECORD_BYTES);
}
