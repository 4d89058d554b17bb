import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { HEALTH_PATHS } from '../../../shared/contracts/services.ts';
import { CDN_ROUTES } from '../../../stacks/edge/cdn-routes.ts';
import { add, type Change, type Mistake, set, setting } from './mistake.ts';

const CDN = 'distribution';
const CACHE = 'cache-image-service-prod-bytes';
const CACHED = 'origin-request-image-service-prod-cached';
const RENDITIONS = CDN_ROUTES.findIndex(({ kind }) => kind === 'rendition');
const ALB = 'load-balancer';
const LISTENER = 'listener';
const TARGETS = 'target-group-download';
const RULE = 'rule-v1-images-x-original';
const IN = 'load-balancer-world-443-in';
const paths = (...values: string[]) => set(RULE, 'condition', [{ path_pattern: { values } }]);
const headers = (...items: string[]) => ({ header_behavior: 'whitelist', headers: { items } });
const EU_CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/0';
const custom = { acm_certificate_arn: EU_CERTIFICATE, minimum_protocol_version: 'TLSv1.2_2021' };

// biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
const secretValue = '${element(split(",", data.aws_ssm_parameter.origin-secret.value), 0)}';

const everyPort = { ipProtocol: '-1', cidrIpv4: '0.0.0.0/0', securityGroupId: 'sg-1', description: 'all' };
const egress: Change = add((stack) => new VpcSecurityGroupEgressRule(stack, 'all', everyPort));
const ssh = { type: 'ingress', fromPort: 22, toPort: 22, protocol: 'tcp', securityGroupId: 'sg-1' };
const oldRule: Change = add((stack) => new SecurityGroupRule(stack, 'old', ssh));
const healthCheck = { path: HEALTH_PATHS.liveness };
const replaceable = { namePrefix: 'lost-', lifecycle: { createBeforeDestroy: true }, healthCheck };
const unasked: Change = add((stack) => new LbTargetGroup(stack, 'lost', replaceable));

export const EDGE_MISTAKES: Mistake[] = [
  ['an origin that does not exist', 'IMG-CDN-001', set(CDN, 'default_cache_behavior.target_origin_id', 'alb')],
  ['cache times out of order', 'IMG-CDN-002', set(CACHE, 'min_ttl', 10 ** 9)],
  ['an error code that does not exist', 'IMG-CDN-003', set(CDN, 'custom_error_response.0.error_code', 999)],
  ['errors cached for ten minutes', 'IMG-CDN-004', set(CDN, 'custom_error_response.7.error_caching_min_ttl', 600)],
  ['downloads over plain HTTP', 'IMG-CDN-005', set(CDN, 'default_cache_behavior.viewer_protocol_policy', 'allow-all')],
  [
    'viewers with TLS 1.0',
    'IMG-CDN-006',
    set(CDN, 'viewer_certificate', { ...custom, minimum_protocol_version: 'TLSv1' }),
  ],
  ['a certificate in another region', 'IMG-CDN-007', set(CDN, 'viewer_certificate', custom)],
  [
    'a secret header with a constant value',
    'IMG-CDN-008',
    set(CDN, 'origin.0.custom_header.0.value', 'CloudFrontOrigin'),
  ],
  [
    'Accept in the cache key',
    'IMG-CDN-009',
    set(CACHE, 'parameters_in_cache_key_and_forwarded_to_origin.headers_config', headers('Accept')),
  ],
  [
    'every header of the viewer forwarded',
    'IMG-CDN-010',
    set(CDN, 'ordered_cache_behavior.0.origin_request_policy_id', '216adef6-5c7f-47e4-b989-5492eafa07d3'),
  ],
  [
    'changes of tags on a VPC origin',
    'IMG-CDN-011',
    setting('cdn.vpcOrigin', true),
    set('vpc-origin', 'lifecycle', undefined),
  ],
  ['a regional ACL at the edge', 'IMG-CDN-012', set('edge-web-acl', 'scope', 'REGIONAL')],
  [
    'an origin over plain HTTP',
    'IMG-CDN-013',
    set(CDN, 'origin.0.custom_origin_config.origin_protocol_policy', 'http-only'),
  ],
  [
    'an Origin header that is not forwarded',
    'IMG-CDN-014',
    set(CACHED, 'headers_config.headers.items', ['host', 'Origin']),
  ],
  [
    'the default certificate of CloudFront',
    'IMG-CDN-015',
    set(CDN, 'viewer_certificate', { cloudfront_default_certificate: true }),
  ],
  [
    'a format function that runs after the answer',
    'IMG-CDN-016',
    set(CDN, `ordered_cache_behavior.${RENDITIONS}.function_association.0.event_type`, 'viewer-response'),
  ],
  ['four paths in a condition', 'IMG-ALB-001', paths('/a', '/b', '/c', '/d')],
  ['six wildcards in a rule', 'IMG-ALB-001', paths('/*/*/*', '/*/*/*/x')],
  ['two listener rules with one priority', 'IMG-ALB-002', set(RULE, 'priority', 7), set('rule-docs', 'priority', 7)],
  ['HTTP where it is not allowed', 'IMG-ALB-003', set(LISTENER, 'protocol', 'HTTP')],
  ['a default action that forwards', 'IMG-ALB-004', set(LISTENER, 'default_action.0.type', 'forward')],
  ['a health check that overtakes itself', 'IMG-ALB-005', set(TARGETS, 'health_check.interval', 5)],
  ['an idle timeout of 4000 s', 'IMG-ALB-006', set(ALB, 'idle_timeout', 4000)],
  ['invalid headers let through', 'IMG-ALB-007', set(ALB, 'drop_invalid_header_fields', undefined)],
  ['a TLS policy of 2016', 'IMG-ALB-008', set(LISTENER, 'ssl_policy', 'ELBSecurityPolicy-2016-08')],
  ['a target group that cannot be replaced', 'IMG-ALB-009', set(TARGETS, 'name', 'download')],
  ['a target group without a listener rule', 'IMG-ALB-010', unasked],
  ['a health check path that no service answers', 'IMG-ALB-011', set(TARGETS, 'health_check.path', '/healthz')],
  ['a slow start with least outstanding requests', 'IMG-ALB-012', set(TARGETS, 'slow_start', 60)],
  ['a load balancer in one zone', 'IMG-ALB-013', set(ALB, 'subnets', ['subnet-1'])],
  [
    'a managed rule set that blocks images',
    'IMG-ALB-014',
    set('web-acl', 'rule.4.statement.managed_rule_group_statement.rule_action_override', []),
  ],
  ['a web ACL that blocks by default', 'IMG-WAF-001', set('web-acl', 'default_action', { block: {} })],
  ['a web ACL without rules', 'IMG-WAF-002', set('web-acl', 'rule', [])],
  [
    'a rate limit that includes the CDN',
    'IMG-WAF-003',
    set('web-acl', 'rule.1.statement.rate_based_statement.scope_down_statement', undefined),
  ],
  [
    'a secret among the rules of a web ACL',
    'IMG-SECRET-001',
    set('web-acl', 'rule.1.statement.byte_match_statement.search_string', secretValue),
  ],
  ['a port open to half of the Internet', 'IMG-NET-001', set(IN, 'cidr_ipv4', '0.0.0.0/1'), set(IN, 'from_port', 8080)],
  ['SSH open to the Internet', 'IMG-NET-001', set(IN, 'from_port', 22), set(IN, 'to_port', 22)],
  ['egress by every port', 'IMG-NET-002', egress],
  ['a rule of the old resource type', 'IMG-NET-003', oldRule],
  ['a rule without a description', 'IMG-NET-004', set(IN, 'description', undefined)],
  ['a default group with rules', 'IMG-NET-005', set('default-security-group', 'ingress', [{ protocol: '-1' }])],
  ['an interface endpoint for S3', 'IMG-NET-006', set('s3-endpoint', 'vpc_endpoint_type', 'Interface')],
  ['a gateway endpoint in no route table', 'IMG-NET-007', set('s3-endpoint', 'route_table_ids', [])],
];
