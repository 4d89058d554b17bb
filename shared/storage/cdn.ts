import {
  type CloudFrontClient,
  CloudFrontServiceException,
  CreateInvalidationCommand,
} from '@aws-sdk/client-cloudfront';
import { hasCode } from '../domain/errors.ts';

/** The CloudFront distribution in front of downloads. IAM: cloudfront:CreateInvalidation on it. */
export interface Cdn {
  cloudFront: CloudFrontClient;
  distributionId: string;
}

/**
 * Paths with a `*` that CloudFront works on at one time, for one distribution; of plain ones 3,000.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
 */
export const WILDCARDS_AT_ONCE = 15;

export interface Invalidation {
  paths: string[];
  /** CloudFront answers the same reference with the same paths by the invalidation that it has made already. */
  callerReference: string;
}

/** Has the distribution forget the paths. Answers CloudFront's id for it, once it is accepted; it takes effect seconds to minutes later. */
export async function invalidate(
  { cloudFront, distributionId: DistributionId }: Cdn,
  { paths, callerReference: CallerReference }: Invalidation,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const InvalidationBatch = { CallerReference, Paths: { Quantity: paths.length, Items: paths } };
  const answer = await cloudFront.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }), {
    abortSignal,
  });
  return answer.Invalidation?.Id;
}

/** 400s that pass: other invalidations have to end first, or too many requests came within a second. */
const PASSING = new Set(['TooManyInvalidationsInProgress', 'Throttling', 'ThrottlingException']);

/** Whether CloudFront may accept later what it does not now. */
export const mayBeAcceptedLater = (error: Error): boolean =>
  hasCode(error, 'service_unavailable') || PASSING.has(error.name);

/** What a client may read of an error: CloudFront's own sentences name accounts and roles, its codes do not. */
export const refusalOf = (error: Error): string =>
  error instanceof CloudFrontServiceException ? `The CDN refuses (${error.name}).` : 'The CDN does not answer.';
