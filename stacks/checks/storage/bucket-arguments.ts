import { TIERED_FROM_BYTES } from '../../storage/image-lifecycle.ts';
import { type Argument, argumentCheck, fitting, is, isAbsent } from '../argument-check.ts';
import { block, blocks, figure, strings, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const LIFECYCLE = 'aws_s3_bucket_lifecycle_configuration';

const sizeOf = (filter: Values | undefined): number =>
  figure(filter?.object_size_greater_than ?? block(filter, 'and')?.object_size_greater_than) ?? 0;
const tiersSmall = (rule: Values): boolean =>
  blocks(rule, 'transition').length > 0 && sizeOf(block(rule, 'filter')) < TIERED_FROM_BYTES;

const BUCKETS: Argument[] = [
  {
    id: 'IMG-S3-101',
    of: 'aws_s3_bucket_server_side_encryption_configuration',
    argument: 'rule.apply_server_side_encryption_by_default.sse_algorithm',
    must: is('AES256'),
    reason: 'Load balancers write no log into a bucket with a key of KMS, and no role of a service may use one.',
  },
  {
    id: 'IMG-S3-102',
    of: 'aws_s3_bucket_logging',
    argument: 'target_bucket',
    must: fitting('another bucket', (target, { values }) => target !== values.bucket),
    reason: 'Each log that is written would be logged, without end.',
  },
  {
    id: 'IMG-S3-103',
    of: 'aws_s3_bucket_cors_configuration',
    argument: 'cors_rule.allowed_methods',
    must: fitting('["PUT"]', (methods) => String(methods) === 'PUT'),
    reason: 'Pages send parts and nothing else; they read through the services, which ask for keys.',
  },
  {
    id: 'IMG-S3-104',
    of: 'aws_s3_bucket_cors_configuration',
    argument: 'cors_rule.allowed_headers',
    must: fitting('["content-type", "content-md5"]', (headers) =>
      ['content-type', 'content-md5'].every((name) => strings(headers).includes(name)),
    ),
    reason: 'A browser sends a part with these, and asks beforehand whether it may.',
  },
  {
    id: 'IMG-LIFE-101',
    of: LIFECYCLE,
    argument: 'rule.status',
    must: is('Enabled'),
    reason: 'What is switched off removes nothing, and its bill grows unseen.',
  },
  {
    id: 'IMG-LIFE-102',
    of: LIFECYCLE,
    argument: 'rule.noncurrent_version_expiration.newer_noncurrent_versions',
    must: isAbsent,
    reason: 'As many versions of a deleted image would stay for ever.',
  },
  {
    id: 'IMG-LIFE-103',
    of: LIFECYCLE,
    argument: 'rule',
    must: fitting(
      `rules whose transitions ask for object_size_greater_than of ${TIERED_FROM_BYTES}`,
      (rule) => !blocks({ rule }, 'rule').some(tiersSmall),
    ),
    reason: 'Moving a small object and watching it costs more than its tier saves.',
  },
];

/** What an argument of a bucket must be. */
export const BUCKET_ARGUMENTS: Check[] = BUCKETS.map(argumentCheck);
