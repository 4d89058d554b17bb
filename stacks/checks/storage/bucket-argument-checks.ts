import { TIERED_FROM_BYTES } from '../../storage/image-lifecycle.ts';
import { type Argument, argumentCheck, is, isAbsent, satisfying } from '../argument-check.ts';
import { block, blocks, strings, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const LIFECYCLE = 'aws_s3_bucket_lifecycle_configuration';

const sizeOf = (filter: Values | undefined): number =>
  toNumber(filter?.object_size_greater_than ?? block(filter, 'and')?.object_size_greater_than) ?? 0;
const tiersSmall = (rule: Values): boolean =>
  blocks(rule, 'transition').length > 0 && sizeOf(block(rule, 'filter')) < TIERED_FROM_BYTES;

const BUCKETS: Argument[] = [
  {
    id: 'IMG-S3-101',
    of: 'aws_s3_bucket_server_side_encryption_configuration',
    argument: 'rule.apply_server_side_encryption_by_default.sse_algorithm',
    must: is('AES256'),
    reason: 'Load balancers cannot write logs into a bucket with a KMS key, and no role of a service may use one.',
  },
  {
    id: 'IMG-S3-102',
    of: 'aws_s3_bucket_logging',
    argument: 'target_bucket',
    must: satisfying('another bucket', (target, { values }) => target !== values.bucket),
    reason: 'Writing a log would cause another log, without end.',
  },
  {
    id: 'IMG-S3-103',
    of: 'aws_s3_bucket_cors_configuration',
    argument: 'cors_rule.allowed_methods',
    must: satisfying('["PUT"]', (methods) => String(methods) === 'PUT'),
    reason: 'Pages only upload parts to the bucket; they read through the services, which check keys.',
  },
  {
    id: 'IMG-S3-104',
    of: 'aws_s3_bucket_cors_configuration',
    argument: 'cors_rule.allowed_headers',
    must: satisfying('["content-type", "content-md5"]', (headers) =>
      ['content-type', 'content-md5'].every((name) => strings(headers).includes(name)),
    ),
    reason: 'Browsers send these headers with each part, and ask for them in the preflight.',
  },
  {
    id: 'IMG-LIFE-101',
    of: LIFECYCLE,
    argument: 'rule.status',
    must: is('Enabled'),
    reason: 'A disabled rule removes nothing, and the bill grows unnoticed.',
  },
  {
    id: 'IMG-LIFE-102',
    of: LIFECYCLE,
    argument: 'rule.noncurrent_version_expiration.newer_noncurrent_versions',
    must: isAbsent,
    reason: 'That many versions of a deleted image would be kept for ever.',
  },
  {
    id: 'IMG-LIFE-103',
    of: LIFECYCLE,
    argument: 'rule',
    must: satisfying(
      `rules whose transitions have an object_size_greater_than of at least ${TIERED_FROM_BYTES}`,
      (rule) => !blocks({ rule }, 'rule').some(tiersSmall),
    ),
    reason: 'Moving and monitoring a small object costs more than its tier saves.',
  },
];

/** Arguments of buckets. */
export const BUCKET_ARGUMENT_CHECKS: Check[] = BUCKETS.map(argumentCheck);
