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
 * The paths with a `*` that CloudFront invalidates at one time for one distribution; the limit for plain paths is 3,000.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
 */
export const WILDCARDS_AT_ONCE = 15;

export interface Invalidation {
  paths: string[];
  /** For the same reference and paths CloudFront answers with the invalidation that it has already created. */
  callerReference: string;
}

/** Invalidates the paths in the distribution. Resolves to CloudFront's id once it is accepted; it takes effect seconds to minutes later. */
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

/** Temporary 400s: other invalidations have to end first, or too many requests came within a second. */
const RETRYABLE = new Set(['TooManyInvalidationsInProgress', 'Throttling', 'ThrottlingException']);

/** Whether CloudFront may accept the same request later. */
export const isRetryable = (error: Error): boolean =>
  hasCode(error, 'service_unavailable') || RETRYABLE.has(error.name);

/** The description of an error for clients. It has only CloudFront's code, because the messages name accounts and roles. */
export const describeRefusal = (error: Error): string =>
  error instanceof CloudFrontServiceException ? `The CDN refuses (${error.name}).` : 'The CDN does not answer.';
