import type {
  CloudfrontDistributionDefaultCacheBehavior,
  CloudfrontDistributionOrderedCacheBehavior,
} from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js';
import type { EdgeFunctions } from './cdn-functions.ts';
import { ORIGIN_ID } from './cdn-origin.ts';
import type { Policies } from './cdn-policies.ts';
import type { CdnRoute, CdnRouteKind } from './cdn-routes.ts';

/** The parts that cache behaviours are assembled from. */
export interface Parts {
  policies: Record<CdnRouteKind, Policies>;
  functions: EdgeFunctions;
  keyGroups: string[];
}

const READING = ['GET', 'HEAD'];

export function orderedBehaviour(
  { pathPattern, kind }: CdnRoute,
  { policies, functions, keyGroups }: Parts,
): CloudfrontDistributionOrderedCacheBehavior {
  const isOfBytes = kind === 'rendition' || kind === 'bytes';
  return {
    pathPattern,
    targetOriginId: ORIGIN_ID,
    // An API key must never travel unencrypted, so `live` refuses HTTP. Links to images may be followed by HTTP and are redirected.
    viewerProtocolPolicy: kind === 'live' ? 'https-only' : 'redirect-to-https',
    // Browsers send a preflight before a request with a key or `Prefer`.
    allowedMethods: [...READING, 'OPTIONS'],
    cachedMethods: READING,
    // Compression would buffer event streams, and images are compressed already.
    compress: kind === 'document',
    ...policies[kind],
    ...(isOfBytes && keyGroups.length > 0 && { trustedKeyGroups: keyGroups }),
    ...(kind === 'rendition' && {
      functionAssociation: [{ eventType: 'viewer-request', functionArn: functions.acceptArn }],
    }),
  };
}

/** Answers every other path with 404 at the edge, so that the other services cannot be reached through the CDN. */
export const notFoundBehaviour = ({ policies, functions }: Parts): CloudfrontDistributionDefaultCacheBehavior => ({
  targetOriginId: ORIGIN_ID,
  viewerProtocolPolicy: 'redirect-to-https',
  allowedMethods: READING,
  cachedMethods: READING,
  compress: false,
  ...policies.live,
  functionAssociation: [{ eventType: 'viewer-request', functionArn: functions.notFoundArn }],
});
