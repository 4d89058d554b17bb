import { GB } from '../lifecycle/storage-classes.ts';
import { DAYS_A_MONTH, sum } from '../workloads/workload.ts';
import { always, type Billed, used } from './charge.ts';
import { requestsTo, shareByHour } from './compute/tasks-needed.ts';
import type { Context } from './context.ts';
import { recordBytes } from './delivered-bytes.ts';
import { HOURS_A_MONTH } from './month.ts';
import { type Resource, referenced } from './resource.ts';

/** What one LCU covers: https://aws.amazon.com/elasticloadbalancing/pricing/ (read 2026-11-30). */
const LCU = { newConnections: 25, activeConnections: 3000, gbAnHour: 1, ruleEvaluations: 1000 };

/** The first rules that are evaluated for a request are free (the page above). */
const FREE_RULES = 10;

/** Requests that a client or an edge sends over one connection. Assumed: uploads come alone, reads through the CDN's kept connections. */
export const REQUESTS_PER_CONNECTION = 4;

const HOUR_SECONDS = 3600;

/** Requests that reach the load balancer in a month. */
export const balancedRequests = ({ services, traffic, workload }: Context): number =>
  sum(services.map(({ service }) => requestsTo(service, traffic, workload)));

/** Bytes that pass through the load balancer in a month, in both directions. */
const balancedBytes = (context: Context): number =>
  context.traffic.bytesUploaded + context.traffic.bytesFromOrigin + recordBytes(context);

/** The LCU-hours of a month: of each hour of the day, the largest of the four dimensions counts. */
function lcuHours(context: Context, { rules, idleSeconds }: { rules: number; idleSeconds: number }): number {
  const [requests, bytes] = [balancedRequests(context), balancedBytes(context)];
  return sum(
    shareByHour(context.workload).map((share) => {
      const requestsASecond = (requests * share) / HOUR_SECONDS;
      const connections = requestsASecond / REQUESTS_PER_CONNECTION;
      const dimensions = [
        connections / LCU.newConnections,
        (connections * idleSeconds) / LCU.activeConnections,
        (bytes * share) / GB / LCU.gbAnHour,
        // On average half of the rules are evaluated until one matches.
        (requestsASecond * Math.max(0, rules / 2 - FREE_RULES)) / LCU.ruleEvaluations,
      ];
      return Math.max(...dimensions) * DAYS_A_MONTH;
    }),
  );
}

const rulesOf = ({ resources }: Context, balancer: Resource): number =>
  resources.filter(
    ({ type, values }) =>
      type === 'aws_lb_listener_rule' &&
      referenced(resources, referenced(resources, values.listener_arn).values.load_balancer_arn).name === balancer.name,
  ).length;

/** The hours and LCUs of the load balancer, its public addresses, and what clients are sent past a CDN. */
export function loadBalancerLines(balancer: Resource, context: Context): Billed[] {
  const { address, values } = balancer;
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    ...{ area: 'load balancer', item, resource: address, how },
    charges: [charge],
  });
  const lcu = lcuHours(context, {
    rules: rulesOf(context, balancer),
    idleSeconds: Number(values.idle_timeout ?? 60),
  });
  const sentGb = ((context.hasCdn ? 0 : context.traffic.bytesDelivered) + recordBytes(context)) / GB;
  return [
    line('Load balancer: hours', 'all month', { price: 'alb.hour', amount: always(HOURS_A_MONTH) }),
    line('Load balancer: capacity units', 'of each hour the largest of connections, bytes and rules', {
      price: 'alb.lcu',
      amount: used(lcu),
    }),
    ...(values.internal === true
      ? []
      : [
          line('Load balancer: public addresses', 'one in each zone', {
            price: 'ec2.public-ipv4',
            amount: always((values.subnets ?? []).length * HOURS_A_MONTH),
          }),
        ]),
    line(
      'Transfer to the Internet',
      context.hasCdn ? 'records and lists; bytes go through the CDN' : 'bytes, records and lists',
      { price: 'transfer.out', amount: used(sentGb) },
    ),
  ];
}
