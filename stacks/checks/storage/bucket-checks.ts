import { deniesPlainHttp, isPublic, readPolicy } from '../access/policy-statements.ts';
import { block, blocks, strings, text } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';

const of = ['aws_s3_bucket'];

const belongingsOf = (bucket: Resource, type: string, { inventory }: CheckContext): Resource[] =>
  inventory.pointingAt(bucket, type, 'bucket', 'bucket', 'id');

/** Whether it is the bucket with the images. */
export const isImageBucket = ({ values }: Resource, { names }: CheckContext): boolean =>
  names !== undefined && values.bucket === names.bucket;

/** Whether CloudFront writes logs to the bucket. It writes standard logs with an ACL, and refuses buckets without ACLs. */
const takesCdnLogs = ({ values }: Resource, { names, settings }: CheckContext): boolean =>
  settings?.cdn.enabled === true && settings.cdn.accessLogs && values.bucket === names?.logBucket;

const BLOCKED = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

/** Access to buckets, and protection from loss. LIFECYCLE_CHECKS examines their lifecycles. */
export const BUCKET_CHECKS: Check[] = [
  {
    id: 'IMG-S3-001',
    of,
    reason: 'A single careless policy or ACL, now or later, would publish everything in the bucket.',
    remedy: 'add aws_s3_bucket_public_access_block with all four settings true.',
    find(bucket, context) {
      const settings = belongingsOf(bucket, 'aws_s3_bucket_public_access_block', context)[0]?.values;
      if (!settings) return 'public access is not blocked';
      const open = BLOCKED.filter((name) => settings[name] !== true);
      return open.length > 0 && `not true: ${open.join(', ')}`;
    },
  },
  {
    id: 'IMG-S3-002',
    of,
    reason: 'Images and credentials could be sent unencrypted.',
    remedy: 'add aws_s3_bucket_policy with a Deny for everybody if aws:SecureTransport is false.',
    find: (bucket, context) =>
      !belongingsOf(bucket, 'aws_s3_bucket_policy', context).some(({ values }) =>
        deniesPlainHttp(
          readPolicy(values.policy, context.inventory),
          `:${bucket.values.bucket}`,
          `:${bucket.values.bucket}/*`,
        ),
      ) && 'its policy does not deny plain HTTP',
  },
  {
    id: 'IMG-S3-003',
    of: ['aws_s3_bucket_policy', 'aws_s3_bucket_acl'],
    reason: 'Anybody on the Internet could read or write it.',
    remedy: 'name principals, or add a condition such as aws:SourceArn; CloudFront reads by origin access control.',
    find({ values }, { inventory }) {
      const open = readPolicy(values.policy, inventory)?.some(isPublic);
      return (
        (open && 'its policy allows everybody') || (/^public/.test(text(values.acl)) && `its acl is ${values.acl}`)
      );
    },
  },
  {
    id: 'IMG-S3-004',
    of: ['aws_s3_bucket_ownership_controls'],
    reason: 'With ACLs, the writer of an object may own it, and policies alone no longer show who can read what.',
    remedy: 'set object_ownership to BucketOwnerEnforced.',
    find({ values }, context) {
      const { object_ownership } = block(values, 'rule') ?? {};
      const bucket = context.inventory.named('aws_s3_bucket', values.bucket, 'bucket', 'id');
      return (
        object_ownership !== 'BucketOwnerEnforced' &&
        !(bucket && takesCdnLogs(bucket, context)) &&
        `object_ownership is ${object_ownership}`
      );
    },
  },
  {
    id: 'IMG-S3-005',
    of,
    reason: 'An original that is overwritten or deleted by mistake could not be restored.',
    remedy: "add aws_s3_bucket_versioning with status 'Enabled'.",
    find(bucket, context) {
      const versioning = belongingsOf(bucket, 'aws_s3_bucket_versioning', context)[0]?.values;
      const enabled = block(versioning, 'versioning_configuration')?.status === 'Enabled';
      return isImageBucket(bucket, context) && !enabled && 'the bucket of the originals is not versioned';
    },
  },
  {
    id: 'IMG-S3-006',
    of,
    reason: 'A terraform destroy would delete all images.',
    remedy: 'set force_destroy to false, or storage.disposable to true if nothing of value is in it.',
    find: ({ values }, { settings }) =>
      settings?.storage.disposable === false && values.force_destroy === true && 'force_destroy is true',
  },
  {
    id: 'IMG-S3-007',
    of,
    reason: 'A bucket has one policy and one lifecycle, so two resources undo each other at every apply.',
    remedy: 'put all statements, or all rules, into one resource.',
    find: (bucket, context) =>
      ['aws_s3_bucket_policy', 'aws_s3_bucket_lifecycle_configuration']
        .map((type) => belongingsOf(bucket, type, context))
        .filter((found) => found.length > 1)
        .map((found) => `${found.map(({ path }) => path).join(' and ')} are for the same bucket`),
  },
  {
    id: 'IMG-S3-008',
    of: ['aws_s3_bucket_cors_configuration'],
    reason: 'A browser needs the ETag of each part to complete an upload.',
    remedy: 'add ETag to expose_headers.',
    find: ({ values }) =>
      blocks(values, 'cors_rule').some(
        ({ allowed_methods, expose_headers }) =>
          strings(allowed_methods).includes('PUT') &&
          !strings(expose_headers).some((name) => name.toLowerCase() === 'etag'),
      ) && 'a rule that allows PUT does not expose ETag',
  },
];
