import { shieldRegionOf } from '../../edge/shield-region.ts';
import { type Argument, argumentCheck, fitting, is, isAbsent, isNot, isWithin } from '../argument-check.ts';
import { block, blocks, isReference, strings, text, type Values } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';

const CDN = 'aws_cloudfront_distribution';
const BEHAVIOURS = ['default_cache_behavior', 'ordered_cache_behavior'];

const isPublicOrigin = (distribution: Values): boolean =>
  blocks(distribution, 'origin').some((origin) => block(origin, 'custom_origin_config') !== undefined);
const isHttps = (_: Values, { settings }: CheckContext): boolean => settings?.loadBalancer.certificateArn !== undefined;

const DISTRIBUTION: Argument[] = [
  {
    id: 'IMG-CDN-101',
    of: CDN,
    argument: 'viewer_certificate.ssl_support_method',
    must: isNot('vip', 'static-ip'),
    reason: 'An address of its own costs $600 a month, for clients that have been gone for ten years.',
  },
  {
    id: 'IMG-CDN-102',
    of: CDN,
    argument: 'web_acl_id',
    must: fitting('the arn of an aws_wafv2_web_acl', (id) => id === undefined || /^arn:|\.arn\}$/.test(text(id))),
    reason: 'CloudFront takes the id for that of an ACL of WAF Classic, and refuses it.',
  },
  ...BEHAVIOURS.map(
    (behaviour, index): Argument => ({
      id: `IMG-CDN-${105 + index}`,
      of: CDN,
      argument: `${behaviour}.forwarded_values`,
      must: isAbsent,
      reason: 'CloudFront refuses it beside a cache policy.',
    }),
  ),
  {
    id: 'IMG-CDN-107',
    of: CDN,
    argument: 'logging_config.bucket',
    must: fitting(
      'the domain name of the bucket',
      (name) =>
        name === undefined || /\.s3[.\w-]*\.amazonaws\.com$|\.bucket_(regional_)?domain_name\}$/.test(text(name)),
    ),
    reason: 'CloudFront refuses the name of a bucket: it asks for its domain.',
  },
  {
    id: 'IMG-CDN-108',
    of: CDN,
    argument: 'logging_config.include_cookies',
    must: isNot(true),
    reason: 'Sessions of whoever is signed in at the same domain would be in the logs.',
  },
  {
    id: 'IMG-CDN-109',
    of: CDN,
    argument: 'origin.custom_origin_config.origin_read_timeout',
    must: isWithin(35, 120),
    where: isPublicOrigin,
    reason:
      'An answer to `Prefer: wait` may take 30 s and would be a 504; above 120 CloudFront asks for a larger quota.',
  },
  {
    id: 'IMG-CDN-110',
    of: CDN,
    argument: 'origin.custom_origin_config.origin_keepalive_timeout',
    must: isWithin(1, 55),
    where: isPublicOrigin,
    reason: 'The load balancer closes after 60 s: what CloudFront sends into a closed connection is a 502.',
  },
  {
    id: 'IMG-CDN-111',
    of: CDN,
    argument: 'origin.custom_origin_config.origin_ssl_protocols',
    must: is('TLSv1.2'),
    where: isPublicOrigin,
    reason: 'The secret header would go to the load balancer by TLS of 1999.',
  },
  {
    id: 'IMG-CDN-112',
    of: CDN,
    argument: 'origin.domain_name',
    must: fitting('loadBalancer.domainName of the settings', (name) => !isReference(name)),
    where: isHttps,
    reason: 'A name of AWS’s is in no certificate of ours: every request would be a 502.',
  },
  ...BEHAVIOURS.map(
    (behaviour, index): Argument => ({
      id: `IMG-CDN-${113 + index}`,
      of: CDN,
      argument: `${behaviour}.allowed_methods`,
      must: fitting('["GET", "HEAD"], and "OPTIONS" where pages ask', (methods) =>
        strings(methods).every((method) => ['GET', 'HEAD', 'OPTIONS'].includes(method)),
      ),
      reason: 'Uploads would go through the CDN, past the limits of the load balancer, at $0.02 a GB more.',
    }),
  ),
  {
    id: 'IMG-CDN-120',
    of: CDN,
    argument: 'retain_on_delete',
    must: isNot(true),
    reason: 'A destroyed distribution would stay, with its names, which no other can have then.',
  },
  {
    id: 'IMG-CDN-122',
    of: CDN,
    argument: 'enabled',
    must: is(true),
    reason: 'A distribution that is switched off answers nobody.',
  },
  {
    id: 'IMG-CDN-121',
    of: CDN,
    argument: 'origin.origin_shield.origin_shield_region',
    must: fitting(
      'the region of the load balancer, or the one that AWS recommends for a region without Origin Shield',
      (region, _, settings) =>
        region === undefined || settings === undefined || region === shieldRegionOf(settings.region),
    ),
    reason:
      'A shield on another continent adds its way to every miss, and CloudFront refuses one where there is none: switch cdn.originShield off in a region that AWS recommends none for.',
  },
];

/** What an argument of the distribution must be. */
export const CDN_ARGUMENTS: Check[] = DISTRIBUTION.map(argumentCheck);
