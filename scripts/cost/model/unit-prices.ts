import type { PriceName } from '../../../stacks/prices/price-units.ts';
import type { CostLine } from '../report/cost-report.ts';
import { type Averages, averageUsd } from './charge.ts';
import { requestsTo } from './compute/tasks-needed.ts';
import type { Context } from './context.ts';
import { invalidationsAsked, invalidationsTaken } from './invalidations.ts';
import { balancedRequests } from './load-balancer-lines.ts';
import { callsIn, isBilledAs, shapeOf } from './request-lines.ts';
import type { AwsCall, Operation } from './requests-per-operation.ts';
import { tableUnitsOf } from './table-units.ts';

/** Parts of a price, in US dollars. */
export type Parts = readonly (readonly [what: string, usd: number])[];

/** A context with its lines. */
export interface Priced extends Context {
  lines: readonly CostLine[];
  averages: Averages;
}

/** An equal part for each; 0 if there is nothing, or so little that a number does not hold its part. */
export function over(usd: number, count: number): number {
  const part = usd / count;
  return Number.isFinite(part) ? part : 0;
}

/** The typical sum of the lines that are selected. */
export const typicalUsd = ({ lines }: Priced, isWanted: (line: CostLine) => boolean): number =>
  lines.filter(isWanted).reduce((sum, { usd }) => sum + usd.typical, 0);

/** What a GET request to S3 costs on average of the classes that are read; undefined if nothing is. */
function readUsd({ lines }: Priced): number | undefined {
  const found = lines.find(({ item }) => item === 'S3 requests: reads');
  return found && found.quantity.amount > 0 ? found.usd.typical / found.quantity.amount : undefined;
}

/** What the calls of one operation cost, at the average prices of the month. */
export function callsUsd(operation: Operation, priced: Priced): Parts {
  const [calls, shape] = [priced.product.calls[operation], shapeOf(priced)];
  const rate = (name: PriceName) => priced.averages.get(name)?.typical ?? averageUsd(name, 0, priced.book);
  const count = (isWanted: (call: AwsCall) => boolean) => callsIn(calls, shape, isWanted);
  const { reads, writes, indexWrites } = tableUnitsOf(calls, shape);
  return [
    ['S3 PUT', count(isBilledAs('put')) * rate('s3.standard.put')],
    ['S3 GET', count(isBilledAs('get')) * (readUsd(priced) ?? rate('s3.standard.get'))],
    ['DynamoDB writes', (writes + indexWrites) * rate('dynamodb.on-demand.write')],
    ['DynamoDB reads', reads * rate('dynamodb.on-demand.read')],
    ['SQS', count(({ service }) => service === 'sqs') * rate('sqs.standard.request')],
    [
      'invalidation',
      count(({ service }) => service === 'cloudfront') *
        rate('cloudfront.invalidation') *
        over(invalidationsTaken(priced), invalidationsAsked(priced)),
    ],
  ];
}

/** A service's compute and log, and the load balancer's web ACL, for one of its requests. */
export function requestUsd(service: string, priced: Priced): Parts {
  const requests = requestsTo(service, priced.traffic, priced.workload);
  const compute = typicalUsd(priced, ({ area, item }) => area === 'compute' && item.startsWith(`${service}:`));
  const log = typicalUsd(priced, ({ item }) => item.startsWith(`Log of ${service}:`));
  const acl = typicalUsd(priced, ({ item }) => item === 'Web ACL of the load balancer: requests');
  return [
    ['compute', over(compute, requests)],
    ['log', over(log, requests)],
    ['web ACL', over(acl, balancedRequests(priced))],
  ];
}
