import { type Argument, argumentCheck, is, satisfying } from '../argument-check.ts';
import { strings } from '../blocks.ts';
import type { Check } from '../check.ts';

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
];

/** Arguments of buckets. */
export const BUCKET_ARGUMENT_CHECKS: Check[] = BUCKETS.map(argumentCheck);
