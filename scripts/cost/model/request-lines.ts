import { sum } from '../workloads/workload.ts';
import { type Billed, used } from './charge.ts';
import type { Context } from './context.ts';
import {
  type AwsCall,
  callsOf,
  type Operation,
  REQUESTS_PER_OPERATION,
  S3_BILLING,
  type S3Api,
} from './requests-per-operation.ts';
import type { ImageShape } from './table-units.ts';

/** The renditions and parts of an image of the workload. */
export const shapeOf = ({ workload }: Pick<Context, 'workload'>): ImageShape => ({
  renditions: workload.renditions.length,
  parts: workload.partsPerUpload,
});

/** How often something is called, for the calls that a test selects. */
export const callsIn = (calls: readonly AwsCall[], shape: ImageShape, isWanted: (call: AwsCall) => boolean): number =>
  calls.filter(isWanted).reduce((sum, call) => sum + callsOf(call, shape), 0);

const OPERATIONS = Object.keys(REQUESTS_PER_OPERATION) as Operation[];

/** The calls of a month, over all operations. */
export const callsInMonth = ({ traffic, workload, product }: Context, isWanted: (call: AwsCall) => boolean): number =>
  OPERATIONS.reduce(
    (sum, operation) =>
      sum + traffic.operations[operation] * callsIn(product.calls[operation], shapeOf({ workload }), isWanted),
    0,
  );

/** What S3's writing requests are for. GET requests are priced with the storage, because their price depends on the class of what they read. */
const WRITES: readonly [item: string, operations: readonly Operation[]][] = [
  ['S3 requests: originals in one request', ['uploadImage']],
  ['S3 requests: originals in parts', ['createUpload', 'uploadParts', 'completeUpload']],
  ['S3 requests: renditions', ['processUpload', 'processRendition']],
  ['S3 requests: lists of what is deleted', ['deleteImage', 'deleteCachedImage']],
];

/** Whether a call is a request to S3 that is billed so. */
export const isBilledAs =
  (billing: 'put' | 'get') =>
  (call: AwsCall): boolean =>
    call.service === 's3' && S3_BILLING[call.api as S3Api] === billing;
const isPut = isBilledAs('put');

/**
 * Reads that are not priced with what is stored, which is followed from when an object is made: those of renditions that were made again, by readers of an
 * image that is older, and those of expired ones, which find nothing. Renditions that are read are in S3 Standard.
 */
function otherReads(context: Context): number {
  const priced = sum(Object.values(context.storage[context.month - 1]?.reads ?? {}));
  return Math.max(0, callsInMonth(context, isBilledAs('get')) - priced);
}

/** The requests to the bucket of images that write or list, and the reads whose price does not depend on a class. */
export const requestLines = (context: Context, resource: string): Billed[] => [
  ...writeLines(context, resource),
  {
    area: 'requests',
    item: 'S3 requests: reads of renditions that were made again, or have expired',
    resource,
    how: 'GET requests of all operations, without those that are priced with what is stored',
    charges: [{ price: 's3.standard.get', amount: used(otherReads(context)) }],
  },
];

const writeLines = (context: Context, resource: string): Billed[] =>
  WRITES.map(([item, operations]) => ({
    area: 'requests',
    item,
    resource,
    how: operations
      .map((operation) => `${Math.round(context.traffic.operations[operation])} ${operation}`)
      .join(' and '),
    charges: [
      {
        price: 's3.standard.put',
        amount: used(
          operations.reduce(
            (sum, operation) =>
              sum +
              context.traffic.operations[operation] *
                callsIn(context.product.calls[operation], shapeOf(context), isPut),
            0,
          ),
        ),
      },
    ],
  }));
