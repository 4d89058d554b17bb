import { type Argument, argumentCheck, is, isNot, satisfying } from '../argument-check.ts';
import { strings, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';

const CACHE = 'aws_cloudfront_cache_policy';
const HEADERS = 'aws_cloudfront_response_headers_policy';
const FUNCTION = 'aws_cloudfront_function';

const POLICIES: Argument[] = [
  {
    id: 'IMG-CDN-103',
    of: FUNCTION,
    argument: 'publish',
    must: isNot(false),
    reason:
      'A function that is not published does not run: the old code stays in use, or AWS refuses the distribution.',
  },
  {
    id: 'IMG-CDN-104',
    of: FUNCTION,
    argument: 'runtime',
    must: is('cloudfront-js-2.0'),
    reason: 'Runtime 1.0 is ECMAScript 5.1, and fails at the first const of the code.',
  },
  {
    id: 'IMG-CDN-115',
    of: CACHE,
    argument: 'min_ttl',
    must: is(0),
    reason: 'With a higher value CloudFront caches answers with no-store or private, and serves them to others.',
  },
  {
    id: 'IMG-CDN-116',
    of: CACHE,
    argument: 'default_ttl',
    must: is(0),
    reason: 'Answers without a lifetime would be cached for a day.',
  },
  {
    id: 'IMG-CDN-117',
    of: CACHE,
    argument: 'parameters_in_cache_key_and_forwarded_to_origin.cookies_config.cookie_behavior',
    must: is('none'),
    reason: 'The cache would keep a separate copy for each visitor, and hardly ever have an answer.',
  },
  {
    id: 'IMG-CDN-123',
    of: CACHE,
    argument: 'parameters_in_cache_key_and_forwarded_to_origin.headers_config.header_behavior',
    must: is('none'),
    reason: 'The cache would keep a separate copy for each value of a header; the path already has the format.',
  },
  {
    id: 'IMG-CDN-124',
    of: 'aws_cloudfront_origin_request_policy',
    argument: 'headers_config.headers.items',
    must: satisfying('a list with "host"', (names) => strings(names).includes('host')),
    reason:
      'The certificate of the load balancer does not include the host of the CDN, so every request would be a 502.',
  },
  {
    id: 'IMG-CDN-125',
    of: 'aws_cloudfront_origin_request_policy',
    argument: 'headers_config.header_behavior',
    must: is('allExcept'),
    reason:
      'CloudFront does not accept Authorization in a list of headers to forward, so the origin would get no API keys.',
  },
  {
    id: 'IMG-CDN-118',
    of: HEADERS,
    argument: 'security_headers_config.strict_transport_security.access_control_max_age_sec',
    must: satisfying('a year or more, in seconds', (seconds) => (toNumber(seconds) ?? 0) >= 31_536_000),
    reason: 'When the time is over, a browser makes a request over plain HTTP, which an attacker can answer.',
  },
  {
    id: 'IMG-CDN-119',
    of: HEADERS,
    argument: 'security_headers_config.content_type_options.override',
    must: is(true),
    reason: 'A browser could take an image that contains markup for a page, and run its scripts.',
  },
];

/** Arguments of cache policies, origin request policies, response headers and functions. */
export const CDN_POLICY_ARGUMENT_CHECKS: Check[] = POLICIES.map(argumentCheck);
