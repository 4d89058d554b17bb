import type { Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';

/** The header that the CDN sends, and the set of patterns one of which its value matches. */
export interface FromCdn {
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

export const visibility = (metricName: string) => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

const FROM_CDN = 'cdn';

/** CDKTF passes a rule's statement through unchanged, so it has Terraform's own names. */
export const rateLimit = (limit: number, hasCdn: boolean): Wafv2WebAclRule => ({
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
export const labelCdnRequests = ({ header, patternSetArn }: FromCdn): Wafv2WebAclRule => ({
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

export const managedRules = (firstPriority: number): Wafv2WebAclRule[] =>
  MANAGED_GROUPS.map((group, index) => managedRule(group, firstPriority + index));
