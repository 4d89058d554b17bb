import { shieldRegionOf } from '../../edge/shield-region.ts';
import { type Argument, argumentCheck, is, isAbsent, isNot, isWithin, satisfying } from '../argument-check.ts';
import { block, blocks, isReference, strings, text, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';

const CDN = 'aws_cloudfront_distribution';

const isPublicOrigin = (distribution: Values): boolean =>
  blocks(distribution, 'origin').some((origin) => block(origin, 'custom_origin_config') !== undefined);
const isHttps = (_: Values, { settings }: CheckContext): boolean => settings?.loadBalancer.certificateArn !== undefined;

const DISTRIBUTION: Argument[] = [
  {
    id: 'IMG-CDN-101',
    of: CDN,
    argument: 'viewer_certificate.ssl_support_method',
    must: isNot('vip', 'static-ip'),
    reason:
      'A dedicated IP address is paid for each month, more than most distributions, and only clients that died out ten years ago need it.',
  },
  {
    id: 'IMG-CDN-102',
    of: CDN,
    argument: 'web_acl_id',
    must: satisfying('the arn of an aws_wafv2_web_acl', (id) => id === undefined || /^arn:|\.arn\}$/.test(text(id))),
    reason: 'CloudFront treats an id as one of WAF Classic, and refuses it.',
  },
  ...(
    [
      ['IMG-CDN-105', 'default_cache_behavior'],
      ['IMG-CDN-106', 'ordered_cache_behavior'],
    ] as const
  ).map(
    ([id, behaviour]): Argument => ({
      id,
      of: CDN,
      argument: `${behaviour}.forwarded_values`,
      must: isAbsent,
      reason: 'CloudFront refuses it together with a cache policy.',
    }),
  ),
  {
    id: 'IMG-CDN-107',
    of: CDN,
    argument: 'logging_config.bucket',
    must: satisfying(
      'the domain name of the bucket',
      (name) =>
        name === undefined || /\.s3[.\w-]*\.amazonaws\.com$|\.bucket_(regional_)?domain_name\}$/.test(text(name)),
    ),
    reason: 'CloudFront refuses the name of a bucket, and requires its domain name.',
  },
  {
    id: 'IMG-CDN-108',
    of: CDN,
    argument: 'logging_config.include_cookies',
    must: isNot(true),
    reason: 'The logs would contain session cookies of everybody who is signed in at the same domain.',
  },
  {
    id: 'IMG-CDN-109',
    of: CDN,
    argument: 'origin.custom_origin_config.origin_read_timeout',
    must: isWithin(35, 120),
    where: isPublicOrigin,
    reason:
      'An answer to `Prefer: wait` may take 30 s and would become a 504; more than 120 s needs a larger quota of CloudFront.',
  },
  {
    id: 'IMG-CDN-110',
    of: CDN,
    argument: 'origin.custom_origin_config.origin_keepalive_timeout',
    must: isWithin(1, 55),
    where: isPublicOrigin,
    reason:
      'The load balancer closes idle connections after 60 s, and a request that CloudFront sends into a closed one becomes a 502.',
  },
  {
    id: 'IMG-CDN-111',
    of: CDN,
    argument: 'origin.custom_origin_config.origin_ssl_protocols',
    must: is('TLSv1.2'),
    where: isPublicOrigin,
    reason: 'The secret header would be sent to the load balancer by TLS of 1999.',
  },
  {
    id: 'IMG-CDN-112',
    of: CDN,
    argument: 'origin.domain_name',
    must: satisfying('loadBalancer.domainName of the settings', (name) => !isReference(name)),
    where: isHttps,
    reason: 'Our certificate does not include a domain name of AWS, so every request would be a 502.',
  },
  ...(
    [
      ['IMG-CDN-113', 'default_cache_behavior'],
      ['IMG-CDN-114', 'ordered_cache_behavior'],
    ] as const
  ).map(
    ([id, behaviour]): Argument => ({
      id,
      of: CDN,
      argument: `${behaviour}.allowed_methods`,
      must: satisfying('["GET", "HEAD"], and "OPTIONS" for preflights of pages', (methods) =>
        strings(methods).every((method) => ['GET', 'HEAD', 'OPTIONS'].includes(method)),
      ),
      reason: 'Uploads would go through the CDN and around the limits of the load balancer, and cost $0.02 a GB more.',
    }),
  ),
  {
    id: 'IMG-CDN-120',
    of: CDN,
    argument: 'retain_on_delete',
    must: isNot(true),
    reason: 'A destroyed distribution would remain and keep its domain names from any other.',
  },
  {
    id: 'IMG-CDN-122',
    of: CDN,
    argument: 'enabled',
    must: is(true),
    reason: 'A disabled distribution answers no requests.',
  },
  {
    id: 'IMG-CDN-121',
    of: CDN,
    argument: 'origin.origin_shield.origin_shield_region',
    must: satisfying(
      'the region of the load balancer, or the one that AWS recommends if that region has no Origin Shield',
      (region, _, settings) =>
        region === undefined || settings === undefined || region === shieldRegionOf(settings.region),
    ),
    reason:
      'A shield on another continent slows down every cache miss, and CloudFront refuses regions without Origin Shield: switch cdn.originShield off if AWS recommends no region.',
  },
];

/** Arguments of the distribution. */
export const CDN_ARGUMENT_CHECKS: Check[] = DISTRIBUTION.map(argumentCheck);
