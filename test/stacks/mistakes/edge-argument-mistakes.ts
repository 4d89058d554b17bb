import { setFirst } from './by-type.ts';
import { type Mistake, set } from './mistake.ts';

const ALB = 'load-balancer';
const LISTENER = 'listener';
const REDIRECT = 'redirect-listener';
const TARGETS = 'target-group-download';
const CDN = 'distribution';
const CACHE = 'cache-image-service-prod-bytes';
const ACL = 'web-acl';
const LIMIT = 'rule.1';
const origin = (argument: string, value: unknown) => set(CDN, `origin.0.custom_origin_config.${argument}`, value);
const header = (argument: string, value: unknown) =>
  set('response-headers-bytes', `security_headers_config.${argument}`, value);
const redirect = (members: object) => setFirst('lb_listener_rule', 'action', [{ type: 'redirect', redirect: members }]);
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];

/** Single wrong arguments of the load balancer, the CDN and their web ACLs. */
export const EDGE_ARGUMENT_MISTAKES: Mistake[] = [
  ['HTTPS at another port', 'IMG-ALB-117', set(LISTENER, 'port', 8443)],
  [
    'a default answer that clients cannot parse',
    'IMG-ALB-118',
    set(LISTENER, 'default_action.0.fixed_response.message_body', 'no'),
  ],
  [
    'a listener without HSTS',
    'IMG-ALB-119',
    set(LISTENER, 'routing_http_response_strict_transport_security_header_value', undefined),
  ],
  ['a Server header in answers', 'IMG-ALB-120', set(LISTENER, 'routing_http_response_server_enabled', true)],
  ['a disabled distribution', 'IMG-CDN-122', set(CDN, 'enabled', false)],
  [
    'headers in the cache key',
    'IMG-CDN-123',
    set(CACHE, 'parameters_in_cache_key_and_forwarded_to_origin.headers_config', {
      header_behavior: 'whitelist',
      headers: { items: ['Origin'] },
    }),
  ],
  [
    'the host of the CDN forwarded to the origin',
    'IMG-CDN-124',
    setFirst('cloudfront_origin_request_policy', 'headers_config.headers.items', ['accept']),
  ],
  [
    'forwarded headers by an allow list',
    'IMG-CDN-125',
    setFirst('cloudfront_origin_request_policy', 'headers_config.header_behavior', 'whitelist'),
  ],
  ['a price class that differs from the settings', 'IMG-SET-101', set(CDN, 'price_class', 'PriceClass_All')],
  [
    'a rate limit that differs from the settings',
    'IMG-SET-101',
    set(ACL, `${LIMIT}.statement.rate_based_statement.limit`, 20),
  ],
  ['a label that no rule sets', 'IMG-WAF-107', set(ACL, 'rule.0.rule_label', [{ name: 'other' }])],
  ['a load balancer without deletion protection', 'IMG-ALB-101', set(ALB, 'enable_deletion_protection', false)],
  ['request smuggling that is only counted', 'IMG-ALB-102', set(ALB, 'desync_mitigation_mode', 'monitor')],
  ['requests rejected during an outage of WAF', 'IMG-ALB-104', set(ALB, 'enable_waf_fail_open', false)],
  ['IPv6 without IPv6 subnets', 'IMG-ALB-105', set(ALB, 'ip_address_type', 'dualstack')],
  ['a redirect to itself', 'IMG-ALB-106', set(REDIRECT, 'default_action.0.redirect.protocol', '#{protocol}')],
  ['HTTPS at port 80', 'IMG-ALB-107', set(REDIRECT, 'default_action.0.redirect.port', undefined)],
  ['a redirect that drops the query', 'IMG-ALB-108', redirect({ status_code: 'HTTP_302', query: '' })],
  ['a permanent redirect', 'IMG-ALB-109', redirect({ status_code: 'HTTP_301', query: '#{query}' })],
  ['any answer counted as healthy', 'IMG-ALB-110', set(TARGETS, 'health_check.matcher', '200-499')],
  ['a health check every two minutes', 'IMG-ALB-111', set(TARGETS, 'health_check.interval', 120)],
  ['health checks at another port', 'IMG-ALB-113', set(TARGETS, 'health_check.port', '9000')],
  ['HTTP/2 to services', 'IMG-ALB-114', set(TARGETS, 'protocol_version', 'HTTP2')],
  ['sticky sessions', 'IMG-ALB-115', set(TARGETS, 'stickiness', { type: 'lb_cookie', enabled: true })],
  ['HTTPS without a certificate', 'IMG-ALB-116', set(LISTENER, 'certificate_arn', undefined)],
  ['a function with the old runtime', 'IMG-CDN-104', set('accept-function', 'runtime', 'cloudfront-js-1.0')],
  ['cookies in logs', 'IMG-CDN-108', set(CDN, 'logging_config.include_cookies', true)],
  ['an origin timeout shorter than Prefer: wait', 'IMG-CDN-109', origin('origin_read_timeout', 10)],
  ['a keep-alive longer than that of the load balancer', 'IMG-CDN-110', origin('origin_keepalive_timeout', 60)],
  ['an origin with TLS 1.0', 'IMG-CDN-111', origin('origin_ssl_protocols', ['TLSv1', 'TLSv1.2'])],
  ['uploads through the CDN', 'IMG-CDN-113', set(CDN, 'default_cache_behavior.allowed_methods', METHODS)],
  ['uploads at one path of the CDN', 'IMG-CDN-114', set(CDN, 'ordered_cache_behavior.0.allowed_methods', METHODS)],
  [
    'cookies in the cache key',
    'IMG-CDN-117',
    set(CACHE, 'parameters_in_cache_key_and_forwarded_to_origin.cookies_config', { cookie_behavior: 'all' }),
  ],
  ['HSTS for five minutes', 'IMG-CDN-118', header('strict_transport_security.access_control_max_age_sec', 300)],
  ['answers without nosniff', 'IMG-CDN-119', header('content_type_options', undefined)],
  ['a distribution that is retained on destroy', 'IMG-CDN-120', set(CDN, 'retain_on_delete', true)],
  [
    'an origin shield on another continent',
    'IMG-CDN-121',
    set(CDN, 'origin.0.origin_shield.origin_shield_region', 'eu-west-1'),
  ],
  [
    'a rate limit by a forged header',
    'IMG-WAF-101',
    set(ACL, `${LIMIT}.statement.rate_based_statement.aggregate_key_type`, 'FORWARDED_IP'),
  ],
  [
    'a rate limit of a minute',
    'IMG-WAF-102',
    set(ACL, `${LIMIT}.statement.rate_based_statement.evaluation_window_sec`, 60),
  ],
  ['managed rules that only count', 'IMG-WAF-103', set(ACL, 'rule.2.override_action', { count: {} })],
  ['a rule without a metric', 'IMG-WAF-104', set(ACL, 'rule.2.visibility_config.cloudwatch_metrics_enabled', false)],
  ['a rate limit that only counts', 'IMG-WAF-105', set(ACL, `${LIMIT}.action`, { count: {} })],
  ['two web ACL rules with one priority', 'IMG-WAF-106', set(ACL, 'rule.2.priority', 1)],
  ['two kinds of logs under one prefix', 'IMG-LOG-103', set(ALB, 'access_logs.prefix', 'cdn')],
  ['logs of the CDN among those of the bucket', 'IMG-LOG-104', set(CDN, 'logging_config.prefix', 'bucket/')],
  ['an address that does not wait for the internet gateway', 'IMG-NET-108', setFirst('eip', 'depends_on', [])],
];
