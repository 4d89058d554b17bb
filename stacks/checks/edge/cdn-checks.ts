import { block, blocks, figure, ignores, isReference, strings, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const of = ['aws_cloudfront_distribution'];

/** Those that CloudFront can answer for by a page of its own (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html). */
const ERROR_CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
/** An outage should not last longer at the edge than at the origin; CloudFront takes 10 s where nothing is said. */
const MAX_ERROR_SECONDS = 60;
/** Managed policy AllViewer: it forwards every header, Host and Accept too. */
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

const behavioursOf = ({ values }: Resource) => [
  ...blocks(values, 'default_cache_behavior'),
  ...blocks(values, 'ordered_cache_behavior'),
];

/** The distribution: where it asks, how long it remembers, and what tells one answer from another. */
export const CDN_CHECKS: Check[] = [
  {
    id: 'IMG-CDN-001',
    of,
    reason: 'CloudFront refuses a distribution with a behaviour that leads nowhere; plan does not compare the two.',
    remedy: 'use one constant for origin_id and target_origin_id.',
    find(distribution) {
      const origins = ['origin', 'origin_group'].flatMap((name) =>
        blocks(distribution.values, name).map(({ origin_id }) => origin_id),
      );
      return behavioursOf(distribution)
        .filter(({ target_origin_id }) => !origins.includes(target_origin_id))
        .map(({ target_origin_id }) => `no origin has the id ${target_origin_id}`);
    },
  },
  {
    id: 'IMG-CDN-002',
    of: ['aws_cloudfront_cache_policy'],
    reason: 'CloudFront refuses the policy.',
    remedy: 'order the three: min_ttl, default_ttl, max_ttl.',
    find({ values }) {
      const [min = 0, usual = 86_400, max = 31_536_000] = [values.min_ttl, values.default_ttl, values.max_ttl].map(
        figure,
      );
      return (min > max || usual < min || usual > max) && `min_ttl is ${min}, default_ttl ${usual}, max_ttl ${max}`;
    },
  },
  {
    id: 'IMG-CDN-003',
    of,
    reason: 'CloudFront refuses the distribution.',
    remedy: `give one of ${ERROR_CODES.join(', ')}.`,
    find: ({ values }) =>
      blocks(values, 'custom_error_response')
        .filter(({ error_code }) => !ERROR_CODES.includes(figure(error_code) ?? 0))
        .map(({ error_code }) => `error_code is ${error_code}`),
  },
  {
    id: 'IMG-CDN-004',
    of,
    reason: 'An outage of a second would be served for that long, and a rendition that is ready be missing.',
    remedy: `set error_caching_min_ttl to ${MAX_ERROR_SECONDS} s at most; a few seconds protect the origin.`,
    find: ({ values }) =>
      blocks(values, 'custom_error_response')
        .filter(({ error_caching_min_ttl }) => (figure(error_caching_min_ttl) ?? 0) > MAX_ERROR_SECONDS)
        .map(({ error_code, error_caching_min_ttl }) => `${error_code} is kept for ${error_caching_min_ttl} s`),
  },
  {
    id: 'IMG-CDN-005',
    of,
    reason: 'Signed URLs and API keys would go over the line in the clear.',
    remedy: "set viewer_protocol_policy to 'redirect-to-https' or 'https-only'.",
    find: (distribution) =>
      behavioursOf(distribution).some(({ viewer_protocol_policy }) => viewer_protocol_policy === 'allow-all') &&
      'it answers over plain HTTP',
  },
  {
    id: 'IMG-CDN-006',
    of,
    reason: 'Names of your own otherwise allow TLS 1.0.',
    remedy: "set minimum_protocol_version to 'TLSv1.2_2021'.",
    find({ values }) {
      const { cloudfront_default_certificate, minimum_protocol_version } = block(values, 'viewer_certificate') ?? {};
      const old = !/^TLSv1\.(2_(2021|2025)|3)/.test(text(minimum_protocol_version));
      return (
        cloudfront_default_certificate !== true && old && `minimum_protocol_version is ${minimum_protocol_version}`
      );
    },
  },
  {
    id: 'IMG-CDN-007',
    of,
    reason: 'CloudFront takes certificates of us-east-1 only.',
    remedy: 'issue the certificate in us-east-1.',
    find({ values }) {
      const arn = text(block(values, 'viewer_certificate')?.acm_certificate_arn);
      return arn !== '' && !isReference(arn) && !arn.includes(':us-east-1:') && `its certificate is ${arn}`;
    },
  },
  {
    id: 'IMG-CDN-008',
    of,
    reason:
      'Whoever reads the repository can pass by the CDN, its WAF and its signatures, from a distribution of their own.',
    remedy: 'take the value from an SSM parameter or a sensitive variable, one for each environment.',
    find: ({ values }) =>
      blocks(values, 'origin')
        .flatMap((origin) => blocks(origin, 'custom_header'))
        .filter(({ value }) => !isReference(value))
        .map(({ name }) => `the secret header ${name} is a constant`),
  },
  {
    id: 'IMG-CDN-009',
    of: ['aws_cloudfront_cache_policy'],
    reason: 'Browsers send hundreds of variants of it: hardly anything would be found in the cache.',
    remedy: 'have the viewer-request function normalise it, and leave the header out of the key.',
    find({ values }) {
      const key = block(values, 'parameters_in_cache_key_and_forwarded_to_origin');
      const headers = strings(block(key, 'headers_config', 'headers')?.items).map((name) => name.toLowerCase());
      return ['accept', 'user-agent', 'cookie']
        .filter((name) => headers.includes(name))
        .map((name) => `${name} is part of the key`);
    },
  },
  {
    id: 'IMG-CDN-010',
    of,
    reason: 'It sends every header to the origin, Host included, by which TLS to the load balancer fails.',
    remedy: 'name the headers that the download service reads in an origin request policy.',
    find: (distribution) =>
      behavioursOf(distribution).some(({ origin_request_policy_id }) => origin_request_policy_id === ALL_VIEWER) &&
      'it uses the managed policy AllViewer',
  },
  {
    id: 'IMG-CDN-011',
    of: ['aws_cloudfront_vpc_origin'],
    reason: 'While it is attached every change fails with 409, even of a tag (provider #40905).',
    remedy: "ignore changes of 'tags'.",
    find: ({ values }) => !ignores(values, 'tags') && 'its tags may change',
  },
  {
    id: 'IMG-CDN-012',
    of: [...of, 'aws_wafv2_web_acl_association'],
    reason: 'AWS refuses it: a distribution takes an ACL of scope CLOUDFRONT, a load balancer one of scope REGIONAL.',
    remedy: 'make one web ACL for each.',
    find({ type, values }, { inventory }) {
      const acl = inventory.target(values.web_acl_id ?? values.web_acl_arn);
      const scope = type === 'aws_cloudfront_distribution' ? 'CLOUDFRONT' : 'REGIONAL';
      return (
        acl?.type === 'aws_wafv2_web_acl' && acl.values.scope !== scope && `${acl.path} has scope ${acl.values.scope}`
      );
    },
  },
  {
    id: 'IMG-CDN-013',
    of,
    reason: 'The secret header and the images would go to the load balancer in the clear.',
    remedy: "set origin_protocol_policy to 'https-only', or allowHttp in the settings of an environment without value.",
    find: ({ values }, { settings }) =>
      settings?.loadBalancer.allowHttp !== true &&
      blocks(values, 'origin').some(
        (origin) =>
          text(block(origin, 'custom_origin_config')?.origin_protocol_policy || 'https-only') !== 'https-only',
      ) &&
      'it asks its origin over plain HTTP',
  },
];
