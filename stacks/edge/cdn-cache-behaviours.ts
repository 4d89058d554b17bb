import type {
  CloudfrontDistributionDefaultCacheBehavior,
  CloudfrontDistributionOrderedCacheBehavior,
} from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js';
import type { Behaviour, BehaviourKind } from './cdn-behaviours.ts';
import type { EdgeFunctions } from './cdn-functions.ts';
import { ORIGIN_ID } from './cdn-origin.ts';
import type { Policies } from './cdn-policies.ts';

/** What behaviours are put together from. */
export interface Parts {
  policies: Record<BehaviourKind, Policies>;
  functions: EdgeFunctions;
  keyGroups: string[];
}

const READING = ['GET', 'HEAD'];

export function orderedBehaviour(
  { pathPattern, kind }: Behaviour,
  { policies, functions, keyGroups }: Parts,
): CloudfrontDistributionOrderedCacheBehavior {
  const isOfBytes = kind === 'rendition' || kind === 'bytes';
  return {
    pathPattern,
    targetOriginId: ORIGIN_ID,
    // A key must not go in the clear even once; who follows a link to an image is sent on.
    viewerProtocolPolicy: kind === 'live' ? 'https-only' : 'redirect-to-https',
    // Pages ask beforehand whether they may send a key, or `Prefer`.
    allowedMethods: [...READING, 'OPTIONS'],
    cachedMethods: READING,
    // Compressing holds back what streams; images are small as they are.
    compress: kind === 'document',
    ...policies[kind],
    ...(isOfBytes && keyGroups.length > 0 && { trustedKeyGroups: keyGroups }),
    ...(kind === 'rendition' && {
      functionAssociation: [{ eventType: 'viewer-request', functionArn: functions.acceptArn }],
    }),
  };
}

/** Everything else ends at the edge: what other services answer is not reached through the CDN. */
export const notFoundBehaviour = ({ policies, functions }: Parts): CloudfrontDistributionDefaultCacheBehavior => ({
  targetOriginId: ORIGIN_ID,
  viewerProtocolPolicy: 'redirect-to-https',
  allowedMethods: READING,
  cachedMethods: READING,
  compress: false,
  ...policies.live,
  functionAssociation: [{ eventType: 'viewer-request', functionArn: functions.notFoundArn }],
});
