import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import type { ITerraformDependable, TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import type { Names } from '../../shared/contracts/names.ts';
import { createSecretSet, type OriginSecret } from './origin-secret.ts';
import { type FromCdn, labelCdnRequests, managedRules, rateLimit, visibility } from './web-acl-rules.ts';

interface WebAclProps {
  name: string;
  scope: 'REGIONAL' | 'CLOUDFRONT';
  /** The limit for one address; above it, requests get 429 until the rate falls. Undefined where every request comes from the CDN. */
  requestsPerFiveMinutes: number | undefined;
  /** How the CDN is recognised. It is exempt from the limit, because its few addresses stand for all clients; its own web ACL limits those. */
  fromCdn?: FromCdn | undefined;
  /** Must be in us-east-1 for the scope CLOUDFRONT, wherever the other resources are. */
  provider?: TerraformProvider | undefined;
}

/** A web ACL that allows what no rule blocks. Requests are sampled, which is free; logging all of them is not. */
function createWebAcl(
  construct: Construct,
  id: string,
  { name, scope, requestsPerFiveMinutes, fromCdn, provider }: WebAclProps,
): Wafv2WebAcl {
  const rules = [
    ...(fromCdn ? [labelCdnRequests(fromCdn)] : []),
    ...(requestsPerFiveMinutes === undefined ? [] : [rateLimit(requestsPerFiveMinutes, fromCdn !== undefined)]),
  ];
  return new Wafv2WebAcl(construct, id, {
    name,
    scope,
    description: 'Rate limit and managed rules that let images through',
    defaultAction: { allow: {} },
    rule: [...rules, ...managedRules(2)],
    visibilityConfig: visibility(name),
    // AWS deletes no web ACL that is in use, so the old one goes after the distribution has stopped using it.
    lifecycle: { createBeforeDestroy: true },
    ...(provider && { provider }),
  });
}

interface AssociationProps extends Pick<WebAclProps, 'name' | 'requestsPerFiveMinutes'> {
  resourceArn: string;
  originSecret: OriginSecret | undefined;
}

/** Puts a web ACL in front of a load balancer. Returns the resources that must know a new secret before the CDN sends it. */
export function associateWebAcl(
  scope: Construct,
  { resourceArn, originSecret, ...props }: AssociationProps,
): ITerraformDependable[] {
  const secrets = originSecret && createSecretSet(scope, props.name, originSecret);
  const fromCdn = secrets && originSecret && { header: originSecret.header, patternSetArn: secrets.arn };
  const acl = createWebAcl(scope, 'web-acl', { ...props, fromCdn, scope: 'REGIONAL' });
  new Wafv2WebAclAssociation(scope, 'web-acl-association', { resourceArn, webAclArn: acl.arn });
  return secrets ? [secrets] : [];
}

/** The limit for one address at the edge, where one page of thumbnails is hundreds of requests at once. */
const CDN_REQUESTS_PER_FIVE_MINUTES = 20_000;

interface CdnWebAclProps {
  names: Names;
  /** The region of the stack. */
  region: string;
  edgeProvider?: TerraformProvider | undefined;
}

/** Creates the web ACL of a CDN, in the region of the edge. Returns its ARN. */
export function createCdnWebAcl(scope: Construct, { names, region, edgeProvider }: CdnWebAclProps): string {
  if (!edgeProvider && region !== EDGE_REGION) {
    throw new Error(`cdn.waf needs an AWS provider in ${EDGE_REGION}, where the web ACL of a CDN lives`);
  }
  return createWebAcl(scope, 'edge-web-acl', {
    name: `${names.prefix}-cdn`,
    scope: 'CLOUDFRONT',
    requestsPerFiveMinutes: CDN_REQUESTS_PER_FIVE_MINUTES,
    provider: edgeProvider,
  }).arn;
}
