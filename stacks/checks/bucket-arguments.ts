import { type Argument, argumentCheck, fitting, is, isAbsent } from './argument-check.ts';
import { block, blocks, figure, type Values } from './blocks.ts';
import type { Check } from './check.ts';

const LIFECYCLE = 'aws_s3_bucket_lifecycle_configuration';

/** S3 charges infrequent access and monitoring by objects of this size at least. */
const SMALLEST_TIERED = 128 * 1024;
const sizeOf = (filter: Values | undefined): number =>
  figure(filter?.object_size_greater_than ?? block(filter, 'and')?.object_size_greater_than) ?? 0;
const tiersSmall = (rule: Values): boolean =>
  blocks(rule, 'transition').length > 0 && sizeOf(block(rule, 'filter')) < SMALLEST_TIERED;

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
      `rules whose transitions ask for object_size_greater_than of ${SMALLEST_TIERED}`,
      (rule) => !blocks({ rule }, 'rule').some(tiersSmall),
    ),
    reason: 'Moving a small object and watching it costs more than its tier saves.',
  },
];

/** What an argument of a bucket must be. */
export const BUCKET_ARGUMENTS: Check[] = BUCKETS.map(argumentCheck);
