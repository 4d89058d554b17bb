import { first } from './by-type.ts';
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
const redirect = (members: object) => first('lb_listener_rule', 'action', [{ type: 'redirect', redirect: members }]);
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];

/** In constructs of the load balancer, the CDN and their web ACLs. */
export const ENTRANCE_MISTAKES: Mistake[] = [
  ['HTTPS where nobody asks', 'IMG-ALB-117', set(LISTENER, 'port', 8443)],
  [
    'an answer that no client parses',
    'IMG-ALB-118',
    set(LISTENER, 'default_action.0.fixed_response.message_body', 'no'),
  ],
  [
    'browsers that ask by HTTP',
    'IMG-ALB-119',
    set(LISTENER, 'routing_http_response_strict_transport_security_header_value', undefined),
  ],
  ['a server that says what it is', 'IMG-ALB-120', set(LISTENER, 'routing_http_response_server_enabled', true)],
  ['a distribution that is off', 'IMG-CDN-122', set(CDN, 'enabled', false)],
  [
    'every header in the key',
    'IMG-CDN-123',
    set(CACHE, 'parameters_in_cache_key_and_forwarded_to_origin.headers_config', {
      header_behavior: 'whitelist',
      headers: { items: ['Origin'] },
    }),
  ],
  [
    'the host of the CDN',
    'IMG-CDN-124',
    first('cloudfront_origin_request_policy', 'headers_config.headers.items', ['accept']),
  ],
  [
    'headers by a list',
    'IMG-CDN-125',
    first('cloudfront_origin_request_policy', 'headers_config.header_behavior', 'whitelist'),
  ],
  ['other edges than are paid for', 'IMG-SET-101', set(CDN, 'price_class', 'PriceClass_All')],
  [
    'a limit that the settings do not know',
    'IMG-SET-101',
    set(ACL, `${LIMIT}.statement.rate_based_statement.limit`, 20),
  ],
  ['a label that nobody gives', 'IMG-WAF-107', set(ACL, 'rule.0.rule_label', [{ name: 'other' }])],
  ['a load balancer that a plan may delete', 'IMG-ALB-101', set(ALB, 'enable_deletion_protection', false)],
  ['requests that smuggle, and are counted', 'IMG-ALB-102', set(ALB, 'desync_mitigation_mode', 'monitor')],
  ['nobody let in while WAF is out', 'IMG-ALB-104', set(ALB, 'enable_waf_fail_open', false)],
  ['IPv6 without a subnet for it', 'IMG-ALB-105', set(ALB, 'ip_address_type', 'dualstack')],
  ['a redirect to itself', 'IMG-ALB-106', set(REDIRECT, 'default_action.0.redirect.protocol', '#{protocol}')],
  ['HTTPS at port 80', 'IMG-ALB-107', set(REDIRECT, 'default_action.0.redirect.port', undefined)],
  ['a signature that is lost on the way', 'IMG-ALB-108', redirect({ status_code: 'HTTP_302', query: '' })],
  ['a redirect that browsers keep', 'IMG-ALB-109', redirect({ status_code: 'HTTP_301', query: '#{query}' })],
  ['any answer for healthy', 'IMG-ALB-110', set(TARGETS, 'health_check.matcher', '200-499')],
  ['five minutes of a dead task', 'IMG-ALB-111', set(TARGETS, 'health_check.interval', 120)],
  ['health at a port of its own', 'IMG-ALB-113', set(TARGETS, 'health_check.port', '9000')],
  ['HTTP/2 to services', 'IMG-ALB-114', set(TARGETS, 'protocol_version', 'HTTP2')],
  ['clients bound to a task', 'IMG-ALB-115', set(TARGETS, 'stickiness', { type: 'lb_cookie', enabled: true })],
  ['HTTPS without a certificate', 'IMG-ALB-116', set(LISTENER, 'certificate_arn', undefined)],
  ['code of another runtime', 'IMG-CDN-104', set('accept-function', 'runtime', 'cloudfront-js-1.0')],
  ['cookies in logs', 'IMG-CDN-108', set(CDN, 'logging_config.include_cookies', true)],
  ['a wait that is cut off', 'IMG-CDN-109', origin('origin_read_timeout', 10)],
  ['connections that are closed', 'IMG-CDN-110', origin('origin_keepalive_timeout', 60)],
  ['an origin by TLS 1.0', 'IMG-CDN-111', origin('origin_ssl_protocols', ['TLSv1', 'TLSv1.2'])],
  ['uploads through the CDN', 'IMG-CDN-113', set(CDN, 'default_cache_behavior.allowed_methods', METHODS)],
  ['uploads at one path of the CDN', 'IMG-CDN-114', set(CDN, 'ordered_cache_behavior.0.allowed_methods', METHODS)],
  [
    'cookies in the cache key',
    'IMG-CDN-117',
    set(CACHE, 'parameters_in_cache_key_and_forwarded_to_origin.cookies_config', { cookie_behavior: 'all' }),
  ],
  ['HTTPS for five minutes', 'IMG-CDN-118', header('strict_transport_security.access_control_max_age_sec', 300)],
  ['types that browsers guess', 'IMG-CDN-119', header('content_type_options', undefined)],
  ['a distribution that stays', 'IMG-CDN-120', set(CDN, 'retain_on_delete', true)],
  [
    'a shield on another continent',
    'IMG-CDN-121',
    set(CDN, 'origin.0.origin_shield.origin_shield_region', 'eu-west-1'),
  ],
  [
    'a limit of a header',
    'IMG-WAF-101',
    set(ACL, `${LIMIT}.statement.rate_based_statement.aggregate_key_type`, 'FORWARDED_IP'),
  ],
  ['a limit of a minute', 'IMG-WAF-102', set(ACL, `${LIMIT}.statement.rate_based_statement.evaluation_window_sec`, 60)],
  ['managed rules that only count', 'IMG-WAF-103', set(ACL, 'rule.2.override_action', { count: {} })],
  ['a rule without a metric', 'IMG-WAF-104', set(ACL, 'rule.2.visibility_config.cloudwatch_metrics_enabled', false)],
  ['a limit that only counts', 'IMG-WAF-105', set(ACL, `${LIMIT}.action`, { count: {} })],
  ['two rules of one priority', 'IMG-WAF-106', set(ACL, 'rule.2.priority', 1)],
  ['logs of two under one prefix', 'IMG-LOG-103', set(ALB, 'access_logs.prefix', 'cdn')],
  ['logs of the CDN among those of the bucket', 'IMG-LOG-104', set(CDN, 'logging_config.prefix', 'bucket/')],
  ['an address without a gateway', 'IMG-NET-108', first('eip', 'depends_on', [])],
];
