import { block, blocks, ignores, isReference, strings, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';

const of = ['aws_cloudfront_distribution'];

/** The errors for which CloudFront supports custom responses (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html). */
const ERROR_CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
/** An outage should not last longer at the edge than at the origin. CloudFront's default is 10 s. */
const MAX_ERROR_SECONDS = 60;
/** The managed policy AllViewer, which forwards every header, including Host and Accept. */
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

const behavioursOf = ({ values }: Resource) => [
  ...blocks(values, 'default_cache_behavior'),
  ...blocks(values, 'ordered_cache_behavior'),
];

/** The distribution: its origins, caching and TLS. */
export const CDN_CHECKS: Check[] = [
  {
    id: 'IMG-CDN-001',
    of,
    reason: 'CloudFront refuses a behaviour whose origin does not exist, and plan does not compare the two.',
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
    reason: 'CloudFront refuses a policy whose times are out of order.',
    remedy: 'make min_ttl the smallest and max_ttl the largest of min_ttl, default_ttl and max_ttl.',
    find({ values }) {
      const [min = 0, usual = 86_400, max = 31_536_000] = [values.min_ttl, values.default_ttl, values.max_ttl].map(
        toNumber,
      );
      return (min > max || usual < min || usual > max) && `min_ttl is ${min}, default_ttl ${usual}, max_ttl ${max}`;
    },
  },
  {
    id: 'IMG-CDN-003',
    of,
    reason: 'CloudFront refuses a custom response for this error.',
    remedy: `use one of ${ERROR_CODES.join(', ')}.`,
    find: ({ values }) =>
      blocks(values, 'custom_error_response')
        .filter(({ error_code }) => !ERROR_CODES.includes(toNumber(error_code) ?? 0))
        .map(({ error_code }) => `error_code is ${error_code}`),
  },
  {
    id: 'IMG-CDN-004',
    of,
    reason: 'The edge would repeat an error of a second for that long, even when the rendition is ready.',
    remedy: `set error_caching_min_ttl to at most ${MAX_ERROR_SECONDS} s; a few seconds protect the origin.`,
    find: ({ values }) =>
      blocks(values, 'custom_error_response')
        .filter(({ error_caching_min_ttl }) => (toNumber(error_caching_min_ttl) ?? 0) > MAX_ERROR_SECONDS)
        .map(({ error_code, error_caching_min_ttl }) => `${error_code} is cached for ${error_caching_min_ttl} s`),
  },
  {
    id: 'IMG-CDN-005',
    of,
    reason: 'Signed URLs and API keys would be sent unencrypted.',
    remedy: "set viewer_protocol_policy to 'redirect-to-https' or 'https-only'.",
    find: (distribution) =>
      behavioursOf(distribution).some(({ viewer_protocol_policy }) => viewer_protocol_policy === 'allow-all') &&
      'it answers over plain HTTP',
  },
  {
    id: 'IMG-CDN-006',
    of,
    reason: 'Without it, custom domain names allow TLS 1.0.',
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
    reason: 'CloudFront accepts only certificates in us-east-1.',
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
      'Everybody who can read the repository could bypass the CDN, its WAF and its signatures with a distribution of their own.',
    remedy: 'read the value from an SSM parameter or a sensitive variable, a different one for each environment.',
    find: ({ values }) =>
      blocks(values, 'origin')
        .flatMap((origin) => blocks(origin, 'custom_header'))
        .filter(({ value }) => !isReference(value))
        .map(({ name }) => `the secret header ${name} is a constant`),
  },
  {
    id: 'IMG-CDN-009',
    of: ['aws_cloudfront_cache_policy'],
    reason: 'Browsers send hundreds of variants of the header, so the cache would hardly ever have an answer.',
    remedy: 'let the viewer-request function normalise it, and leave the header out of the cache key.',
    find({ values }) {
      const key = block(values, 'parameters_in_cache_key_and_forwarded_to_origin');
      const headers = strings(block(key, 'headers_config', 'headers')?.items).map((name) => name.toLowerCase());
      return ['accept', 'user-agent', 'cookie']
        .filter((name) => headers.includes(name))
        .map((name) => `${name} is part of the cache key`);
    },
  },
  {
    id: 'IMG-CDN-010',
    of,
    reason: 'It forwards every header, and with the viewer’s Host TLS to the load balancer fails.',
    remedy: 'use an origin request policy that lists the headers which the download service reads.',
    find: (distribution) =>
      behavioursOf(distribution).some(({ origin_request_policy_id }) => origin_request_policy_id === ALL_VIEWER) &&
      'it uses the managed policy AllViewer',
  },
  {
    id: 'IMG-CDN-011',
    of: ['aws_cloudfront_vpc_origin'],
    reason: 'While the VPC origin is in use, every change fails with 409, even of a tag (provider #40905).',
    remedy: "add 'tags' to ignore_changes.",
    find: ({ values }) => !ignores(values, 'tags') && 'changes of its tags are not ignored',
  },
  {
    id: 'IMG-CDN-012',
    of: [...of, 'aws_wafv2_web_acl_association'],
    reason:
      'AWS refuses it: a distribution needs a web ACL of scope CLOUDFRONT, a load balancer one of scope REGIONAL.',
    remedy: 'create one web ACL for each.',
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
    reason: 'The secret header and the images would be sent to the load balancer unencrypted.',
    remedy:
      "set origin_protocol_policy to 'https-only', or set loadBalancer.allowHttp if nothing of value is in the environment.",
    find: ({ values }, { settings }) =>
      settings?.loadBalancer.allowHttp !== true &&
      blocks(values, 'origin').some(
        (origin) =>
          text(block(origin, 'custom_origin_config')?.origin_protocol_policy || 'https-only') !== 'https-only',
      ) &&
      'it connects to its origin over plain HTTP',
  },
];
