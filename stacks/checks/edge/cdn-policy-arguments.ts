import { type Argument, argumentCheck, fitting, is, isNot } from '../argument-check.ts';
import { figure, strings } from '../blocks.ts';
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
    reason: 'A function that is not published runs nowhere: the old code stays, or the distribution is refused.',
  },
  {
    id: 'IMG-CDN-104',
    of: FUNCTION,
    argument: 'runtime',
    must: is('cloudfront-js-2.0'),
    reason: 'Runtime 1.0 is ECMAScript 5.1, and refuses the code at its first const.',
  },
  {
    id: 'IMG-CDN-115',
    of: CACHE,
    argument: 'min_ttl',
    must: is(0),
    reason: 'Above it CloudFront keeps what says no-store or private, and gives it to others.',
  },
  {
    id: 'IMG-CDN-116',
    of: CACHE,
    argument: 'default_ttl',
    must: is(0),
    reason: 'What does not say how long it may be kept would be kept for a day.',
  },
  {
    id: 'IMG-CDN-117',
    of: CACHE,
    argument: 'parameters_in_cache_key_and_forwarded_to_origin.cookies_config.cookie_behavior',
    must: is('none'),
    reason: 'Every visitor would have a copy of their own, and hardly anything be found in the cache.',
  },
  {
    id: 'IMG-CDN-123',
    of: CACHE,
    argument: 'parameters_in_cache_key_and_forwarded_to_origin.headers_config.header_behavior',
    must: is('none'),
    reason: 'Every value of a header would be a copy of its own; the format is in the path.',
  },
  {
    id: 'IMG-CDN-124',
    of: 'aws_cloudfront_origin_request_policy',
    argument: 'headers_config.headers.items',
    must: fitting('a list with "host"', (names) => strings(names).includes('host')),
    reason: 'The host of the CDN is in no certificate of the load balancer: every request would be a 502.',
  },
  {
    id: 'IMG-CDN-125',
    of: 'aws_cloudfront_origin_request_policy',
    argument: 'headers_config.header_behavior',
    must: is('allExcept'),
    reason: 'CloudFront passes Authorization on by no list that names it, and every key would be missing.',
  },
  {
    id: 'IMG-CDN-118',
    of: HEADERS,
    argument: 'security_headers_config.strict_transport_security.access_control_max_age_sec',
    must: fitting('a year of seconds or more', (seconds) => (figure(seconds) ?? 0) >= 31_536_000),
    reason: 'A browser that has forgotten asks by plain HTTP once, and whoever is between answers.',
  },
  {
    id: 'IMG-CDN-119',
    of: HEADERS,
    argument: 'security_headers_config.content_type_options.override',
    must: is(true),
    reason: 'A browser would guess that an image with markup in it is a page, and run it.',
  },
];

/** What an argument must be of what a distribution keeps, adds and runs. */
export const CDN_POLICY_ARGUMENTS: Check[] = POLICIES.map(argumentCheck);
