import type { Values } from '../../target-stack/synthesised-environment.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import { type Billed, used } from './charge.ts';
import type { Context } from './context.ts';
import { invalidationsTaken } from './invalidations.ts';
import type { Resource } from './resource.ts';

/** Requests for bytes that clients send to the CDN in a month. */
export const cdnRequests = ({ traffic: { reads } }: Context): number => reads.original + reads.rendition;

const behavioursOf = (values: Values): Values[] => values.ordered_cache_behavior ?? [];

/** Requests that run a function: those for renditions by their names, if that behaviour has one. /files/HASH has none. */
function functionRuns({ values }: Resource, { traffic: { reads }, workload }: Context): number {
  const hasFunction = (part: string) =>
    behavioursOf(values).some(
      ({ path_pattern, function_association = [] }) =>
        String(path_pattern).includes(part) && [function_association].flat().length > 0,
    );
  const runs = (hasFunction('/renditions/') ? reads.rendition : 0) + (hasFunction('/original') ? reads.original : 0);
  return runs * workload.readsByNameShare;
}

/** Whether a distribution asks Origin Shield for what its edges have not. */
export const hasShield = ({ values }: Pick<Resource, 'values'>): boolean =>
  [values.origin ?? []].flat().some(({ origin_shield: shield }: Values) => [shield ?? {}].flat()[0]?.enabled === true);

/** Whether deletions ask for invalidations: only a service that is told of the distribution does. */
export const asksForInvalidations = (resources: readonly Resource[]): boolean =>
  resources.some(
    ({ type, values }) =>
      type === 'aws_ecs_task_definition' && String(values.container_definitions).includes('"CDN_DISTRIBUTION_ID"'),
  );

/**
 * Paying for the CDN as one goes. Fetches from origins in AWS are free. Each request that passes Origin Shield is charged once more, at a price of
 * its own.
 */
export function cdnLines(distribution: Resource, context: Context): Billed[] {
  const requests = cdnRequests(context);
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    area: 'cdn',
    item: `CloudFront: ${item}`,
    resource: distribution.address,
    how,
    charges: [charge],
  });
  return [
    line('bytes to viewers', 'reads that are not answered 304, at the mean size of what is read', {
      price: 'cloudfront.transfer',
      amount: used(context.traffic.bytesDelivered / GB),
    }),
    line('requests', 'every read of bytes', { price: 'cloudfront.https', amount: used(requests) }),
    line('functions', 'requests for renditions by their names', {
      price: 'cloudfront.function',
      amount: used(functionRuns(distribution, context)),
    }),
    ...(hasShield(distribution)
      ? [
          line('Origin Shield', 'reads that no edge can answer', {
            price: 'cloudfront.origin-shield' as const,
            amount: used(context.traffic.reads.missedByEdges),
          }),
        ]
      : []),
    line('invalidations', 'a path for each public image that is deleted, as many as CloudFront takes', {
      price: 'cloudfront.invalidation',
      amount: used(invalidationsTaken(context)),
    }),
  ];
}
