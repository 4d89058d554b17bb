import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import type { ITerraformDependable, TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { createSecretSet, type OriginSecret } from './origin-secret.ts';

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

/** The header that the CDN sends, and the set of patterns one of which its value matches. */
interface FromCdn {
  header: string;
  patternSetArn: string;
}

interface ManagedGroup {
  name: string;
  /** Rules that only count and block nothing. */
  counted: readonly string[];
}

/**
 * AWS's managed rules, without those that would block images. A body here is an image, or JSON that the services validate: it is larger than
 * the 8 KiB of SizeRestrictions_BODY, an SVG has markup, XMP has URLs, and compressed pixels may contain any sequence of bytes. Clients without
 * a User-Agent are allowed, because they are programs.
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

/** A web ACL that allows what no rule blocks. Requests are sampled, which is free; logging all of them is not. */
export function createWebAcl(
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
    rule: [...rules, ...MANAGED_GROUPS.map((group, index) => managedRule(group, index + 2))],
    visibilityConfig: visibility(name),
    // AWS deletes no web ACL that is in use, so the old one goes after the distribution has stopped using it.
    lifecycle: { createBeforeDestroy: true },
    ...(provider && { provider }),
  });
}

const visibility = (metricName: string) => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

const FROM_CDN = 'cdn';

/** CDKTF passes a rule's statement through unchanged, so it has Terraform's own names. */
const rateLimit = (limit: number, hasCdn: boolean): Wafv2WebAclRule => ({
  name: 'rate-limit',
  priority: 1,
  action: { block: { customResponse: { responseCode: 429 } } },
  statement: {
    rate_based_statement: {
      limit,
      aggregate_key_type: 'IP',
      evaluation_window_sec: 300,
      ...(hasCdn && {
        scope_down_statement: {
          not_statement: { statement: { label_match_statement: { scope: 'LABEL', key: FROM_CDN } } },
        },
      }),
    },
  },
  visibilityConfig: visibility('rate-limit'),
});

/** Labels requests that carry one of the accepted secrets. */
const labelCdnRequests = ({ header, patternSetArn }: FromCdn): Wafv2WebAclRule => ({
  name: 'from-cdn',
  priority: 0,
  action: { count: {} },
  ruleLabel: [{ name: FROM_CDN }],
  statement: {
    regex_pattern_set_reference_statement: {
      arn: patternSetArn,
      field_to_match: { single_header: { name: header } },
      text_transformation: { priority: 0, type: 'NONE' },
    },
  },
  visibilityConfig: visibility('from-cdn'),
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
