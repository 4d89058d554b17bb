import {
  CloudfrontDistribution,
  type CloudfrontDistributionCustomErrorResponse,
  type CloudfrontDistributionViewerCertificate,
} from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js';
import { TerraformOutput, type TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { CdnSettings } from '../environments/settings.ts';
import { LOG_PREFIXES } from '../storage/log-bucket.ts';
import { notFoundBehaviour, orderedBehaviour, type Parts } from './cdn-cache-behaviours.ts';
import { createEdgeFunctions } from './cdn-functions.ts';
import { createKeyGroup } from './cdn-key-group.ts';
import { createOrigin } from './cdn-origin.ts';
import { createPolicies } from './cdn-policies.ts';
import { CDN_ROUTES } from './cdn-routes.ts';
import { createCdnRedirects } from './listener-rules.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { createCdnWebAcl } from './web-acl.ts';

export interface CdnProps {
  settings: CdnSettings;
  names: Names;
  loadBalancer: LoadBalancer;
  /** The bucket for access logs; by default the log bucket of the environment. It must accept ACLs, because CloudFront writes with one. */
  logBucketDomainName?: string;
  /** A provider for us-east-1, where the web ACL of a CDN must be; needed with `waf` in every other region. */
  edgeProvider?: TerraformProvider;
}

export interface Cdn {
  distributionId: string;
  domainName: string;
  /** The name by which clients reach it: the first of its own that is no wildcard, or CloudFront's. */
  host: string;
  arn: string;
  /** The ids of `signedUrlKeys`, in their order. */
  signedUrlKeyIds: string[];
}

/** CloudFront in front of the download service, and of no other: it serves bytes from near the client. */
export function createCdn(scope: Construct, props: CdnProps): Cdn | undefined {
  const { settings, names, loadBalancer } = props;
  if (!settings.enabled) return undefined;
  if (loadBalancer.isHttps && !loadBalancer.domainName) {
    throw new Error(
      'loadBalancer.domainName is missing: the CDN reaches the load balancer by HTTPS and must know the name that its certificate is for.',
    );
  }
  const { keyGroups, keyIds } = createKeyGroup(scope, names, settings.signedUrlKeys);
  const parts: Parts = {
    policies: createPolicies(scope, names),
    functions: createEdgeFunctions(scope, names),
    keyGroups,
  };
  const origin = createOrigin(scope, { settings, names, loadBalancer });
  const distribution = new CloudfrontDistribution(scope, 'distribution', {
    enabled: true,
    comment: `${names.prefix}: downloads`,
    aliases: [...settings.domainNames],
    priceClass: settings.priceClass,
    httpVersion: 'http2and3',
    isIpv6Enabled: true,
    origin: [origin],
    defaultCacheBehavior: notFoundBehaviour(parts),
    orderedCacheBehavior: CDN_ROUTES.map((behaviour) => orderedBehaviour(behaviour, parts)),
    customErrorResponse: errorResponses(),
    viewerCertificate: viewerCertificate(settings),
    restrictions: { geoRestriction: { restrictionType: 'none' } },
    ...(settings.waf && { webAclId: createCdnWebAcl(scope, { ...props, region: loadBalancer.region }) }),
    ...(settings.accessLogs && { loggingConfig: logging(props) }),
    // The load balancer must accept a new secret before the CDN sends it.
    dependsOn: loadBalancer.knowsSecret,
    tags: { Service: 'download' },
  });
  // Neither a redirect nor a client can use a wildcard name.
  const host = settings.domainNames.find((name) => !name.startsWith('*.')) ?? distribution.domainName;
  if (loadBalancer.originSecret) {
    createCdnRedirects(scope, { listenerArn: loadBalancer.listenerArn, host, cdn: distribution });
  }
  // A plan hides the whole origin because of the secret in it, so the rest of it is shown as an output.
  const { customHeader: _, ...shown } = origin;
  new TerraformOutput(scope, 'cdn-origin', { value: JSON.stringify(shown) });
  return {
    distributionId: distribution.id,
    domainName: distribution.domainName,
    host,
    arn: distribution.arn,
    signedUrlKeyIds: keyIds,
  };
}

/** Status codes for which CloudFront lets the caching time be set; it caches all other errors for 10 s. */
const CLIENT_ERRORS = [400, 403, 404, 405, 414, 416];
const SERVER_ERRORS = [500, 501, 502, 503, 504];

/** The minimum caching time of errors. Client errors follow the origin's headers; server errors last a second, which spares the origin a herd. */
const errorResponses = (): CloudfrontDistributionCustomErrorResponse[] => [
  ...CLIENT_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
  ...SERVER_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 1 })),
];

function viewerCertificate({ certificateArn, domainNames }: CdnSettings): CloudfrontDistributionViewerCertificate {
  if (certificateArn) {
    return { acmCertificateArn: certificateArn, sslSupportMethod: 'sni-only', minimumProtocolVersion: 'TLSv1.2_2021' };
  }
  if (domainNames.length === 0) return { cloudfrontDefaultCertificate: true };
  throw new Error(`cdn.domainNames has ${domainNames.join(', ')}, for which cdn.certificateArn is missing`);
}

const logging = ({ names, logBucketDomainName = `${names.logBucket}.s3.amazonaws.com` }: CdnProps) => ({
  bucket: logBucketDomainName,
  prefix: LOG_PREFIXES.cdn,
  includeCookies: false,
});
