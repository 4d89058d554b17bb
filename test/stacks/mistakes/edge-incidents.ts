import { setFirst } from './by-type.ts';
import type { Incidents } from './incident.ts';
import { set } from './mistake.ts';

const GITHUB = 'https://github.com/';
const CDN = 'distribution';
const CACHE = 'cache-image-service-prod-bytes';
const TARGETS = 'target-group-download';
const custom = {
  acm_certificate_arn: 'arn:aws:acm:us-east-1:111122223333:certificate/0',
  minimum_protocol_version: 'TLSv1.2_2021',
};
const forwarded = { query_string: true, cookies: { forward: 'none' } };

/** Public incidents with load balancers, CDNs, log buckets and queues. */
export const EDGE_INCIDENTS: Incidents = {
  edge: [
    [
      `${GITHUB}getlantern/lantern/issues/1884`,
      'a dedicated IP address that is paid for each month',
      'IMG-CDN-101',
      set(CDN, 'viewer_certificate', { ...custom, ssl_support_method: 'vip' }),
    ],
    [
      `${GITHUB}hashicorp/terraform-provider-aws/issues/13902`,
      'a web ACL referred to by its id',
      'IMG-CDN-102',
      set(CDN, 'web_acl_id', `\${aws_wafv2_web_acl.edge-web-acl.id}`),
    ],
    [
      `${GITHUB}aws/aws-cdk/issues/16319`,
      'a function that is not published',
      'IMG-CDN-103',
      set('accept-function', 'publish', false),
    ],
    [
      `${GITHUB}terraform-aws-modules/terraform-aws-cloudfront/issues/20`,
      'forwarded values beside a cache policy',
      'IMG-CDN-105',
      set(CDN, 'default_cache_behavior.forwarded_values', forwarded),
    ],
    [
      `${GITHUB}terraform-aws-modules/terraform-aws-cloudfront/issues/40`,
      'forwarded values beside the cache policy of one path',
      'IMG-CDN-106',
      set(CDN, 'ordered_cache_behavior.0.forwarded_values', forwarded),
    ],
    [
      `${GITHUB}hashicorp/terraform/issues/24962`,
      'a log bucket referred to by its name',
      'IMG-CDN-107',
      set(CDN, 'logging_config.bucket', 'image-service-prod-logs-111122223333'),
    ],
    [
      `${GITHUB}widdix/aws-cf-templates/issues/68`,
      'an origin whose name is in no certificate',
      'IMG-CDN-112',
      set(CDN, 'origin.0.domain_name', `\${aws_lb.load-balancer.dns_name}`),
    ],
    [
      `${GITHUB}aws-amplify/amplify-hosting/issues/2559`,
      'private answers that are cached and served to others',
      'IMG-CDN-115',
      set(CACHE, 'min_ttl', 2),
    ],
    [
      `${GITHUB}cloud-gov/pages-core/issues/978`,
      'answers that are cached because they have no lifetime',
      'IMG-CDN-116',
      set(CACHE, 'default_ttl', 86_400),
    ],
    [
      `${GITHUB}aws/containers-roadmap/issues/1271`,
      'a task that one slow answer stops',
      'IMG-ALB-112',
      set(TARGETS, 'health_check.unhealthy_threshold', 1),
    ],
    [
      `${GITHUB}hashicorp/terraform-provider-aws/pull/3344`,
      'access logs that are switched off by default',
      'IMG-ALB-103',
      set('load-balancer', 'access_logs.enabled', undefined),
    ],
    [
      `${GITHUB}aws-games/cloud-game-development-toolkit/issues/570`,
      'a load balancer’s group that cannot be replaced',
      'IMG-NET-106',
      set('load-balancer-security-group', 'lifecycle', undefined),
    ],
  ],
  storage: [
    [
      `${GITHUB}hashicorp/terraform-provider-aws/issues/43069`,
      'a log bucket without ACLs for the CDN',
      'IMG-LOG-106',
      set('log-bucket-ownership', 'rule', { object_ownership: 'BucketOwnerEnforced' }),
    ],
    [
      `${GITHUB}aws/aws-cdk/issues/21947`,
      'a KMS key on the log bucket',
      'IMG-S3-101',
      set('log-bucket-encryption', 'rule', [{ apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms' } }]),
    ],
    [
      `${GITHUB}kubernetes-sigs/aws-load-balancer-controller/issues/1238`,
      'a log bucket that the load balancer may not write to',
      'IMG-LOG-105',
      set('log-bucket-policy', 'policy', JSON.stringify({ Statement: [] })),
    ],
    [
      `${GITHUB}defenseunicorns/delivery-aws-iac/issues/125`,
      'a bucket that logs into itself',
      'IMG-S3-102',
      setFirst('s3_bucket_logging', 'target_bucket', `\${aws_s3_bucket.image-bucket.id}`),
    ],
    [
      `${GITHUB}zio/zio-sqs/issues/809`,
      'a queue without long polling',
      'IMG-SQS-101',
      set('processing-queue', 'receive_wait_time_seconds', 0),
    ],
  ],
};
