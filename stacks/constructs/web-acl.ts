import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import type { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';

interface WebAclProps {
  name: string;
  scope: 'REGIONAL' | 'CLOUDFRONT';
  /** Of one address; above it is answered 429 until it calms down. */
  requestsPerFiveMinutes: number;
  /** In us-east-1 for the scope CLOUDFRONT, wherever the rest is. */
  provider?: TerraformProvider | undefined;
}

interface ManagedGroup {
  name: string;
  /** Rules that are counted and not enforced. */
  counted: readonly string[];
}

/**
 * AWS's own rules, without what would turn images away. A body here is an image, or JSON that the services validate: it is larger than
 * SizeRestrictions_BODY's 8 KiB, an SVG has markup, XMP has URLs, and compressed pixels spell out anything some time. Clients that name no
 * User-Agent are programs.
 */
const MANAGED_GROUPS: readonly ManagedGroup[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', counted: [] },
  {
    name: 'AWSManagedRulesCommonRuleSet',
    counted: [
      'SizeRestrictions_BODY',
      'CrossSiteScripting_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'EC2MetaDataSSRF_BODY',
      'NoUserAgent_HEADER',
    ],
  },
];

/** A web ACL that lets through what no rule stops. Requests are sampled, which is free; to log all of them is not. */
export function createWebAcl(
  construct: Construct,
  id: string,
  { name, scope, requestsPerFiveMinutes, provider }: WebAclProps,
): Wafv2WebAcl {
  return new Wafv2WebAcl(construct, id, {
    name,
    scope,
    description: 'Rate limit and managed rules that let images through',
    defaultAction: { allow: {} },
    rule: [rateLimit(requestsPerFiveMinutes), ...MANAGED_GROUPS.map((group, index) => managedRule(group, index + 2))],
    visibilityConfig: visibility(name),
    ...(provider && { provider }),
  });
}

const visibility = (metricName: string) => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

/** CDKTF writes a rule's statement as it is, so in Terraform's own words. */
const rateLimit = (limit: number): Wafv2WebAclRule => ({
  name: 'rate-limit',
  priority: 1,
  action: { block: { customResponse: { responseCode: 429 } } },
  statement: { rate_based_statement: { limit, aggregate_key_type: 'IP', evaluation_window_sec: 300 } },
  visibilityConfig: visibility('rate-limit'),
});

const managedRule = ({ name, counted }: ManagedGroup, priority: number): Wafv2WebAclRule => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managed_rule_group_statement: {
      vendor_name: 'AWS',
      name,
      rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
    },
  },
  visibilityConfig: visibility(name),
});

interface AssociationProps {
  resourceArn: string;
  name: string;
  requestsPerFiveMinutes: number;
}

/** A web ACL in front of a load balancer. */
export function associateWebAcl(
  scope: Construct,
  { resourceArn, name, requestsPerFiveMinutes }: AssociationProps,
): void {
  const acl = createWebAcl(scope, 'web-acl', { name, scope: 'REGIONAL', requestsPerFiveMinutes });
  new Wafv2WebAclAssociation(scope, 'web-acl-association', { resourceArn, webAclArn: acl.arn });
}
