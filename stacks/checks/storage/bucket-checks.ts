import { isPublic, readPolicy, refusesPlainText } from '../access/policy-document.ts';
import { block, blocks, strings, text } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';

const of = ['aws_s3_bucket'];

const belongingsOf = (bucket: Resource, type: string, { inventory }: CheckContext): Resource[] =>
  inventory.pointingAt(bucket, type, 'bucket', 'bucket', 'id');

/** Whether a bucket is the one with the images. */
export const isImageBucket = ({ values }: Resource, { names }: CheckContext): boolean =>
  names !== undefined && values.bucket === names.bucket;

/** CloudFront's standard logs come with an ACL, and it refuses a bucket that takes none. */
const takesCdnLogs = ({ values }: Resource, { names, settings }: CheckContext): boolean =>
  settings?.cdn.enabled === true && settings.cdn.accessLogs && values.bucket === names?.logBucket;

const BLOCKED = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

/** Who gets at a bucket, and what becomes of it. Its lifecycle has checks of its own. */
export const BUCKET_CHECKS: Check[] = [
  {
    id: 'IMG-S3-001',
    of,
    reason: 'One careless policy or ACL, now or later, would publish everything in it.',
    remedy: 'give aws_s3_bucket_public_access_block with all four settings true.',
    find(bucket, context) {
      const settings = belongingsOf(bucket, 'aws_s3_bucket_public_access_block', context)[0]?.values;
      if (!settings) return 'public access is not blocked';
      const open = BLOCKED.filter((name) => settings[name] !== true);
      return open.length > 0 && `${open.join(', ')} not true`;
    },
  },
  {
    id: 'IMG-S3-002',
    of,
    reason: 'Images and credentials could go over the line in the clear.',
    remedy: 'give aws_s3_bucket_policy with a Deny for everybody where aws:SecureTransport is false.',
    find: (bucket, context) =>
      !belongingsOf(bucket, 'aws_s3_bucket_policy', context).some(({ values }) =>
        refusesPlainText(readPolicy(values.policy, context.inventory)),
      ) && 'its policy does not refuse plain HTTP',
  },
  {
    id: 'IMG-S3-003',
    of: ['aws_s3_bucket_policy', 'aws_s3_bucket_acl'],
    reason: 'Anybody on the Internet could read or write it.',
    remedy: 'name principals, or give a condition such as aws:SourceArn; CloudFront reads by origin access control.',
    find({ values }, { inventory }) {
      const open = readPolicy(values.policy, inventory)?.some(isPublic);
      return (open && 'its policy lets anybody in') || (/^public/.test(text(values.acl)) && `its acl is ${values.acl}`);
    },
  },
  {
    id: 'IMG-S3-004',
    of: ['aws_s3_bucket_ownership_controls'],
    reason: 'With ACLs in force, whoever writes an object may own it, and no policy tells who reads what.',
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
    reason: 'An original that is overwritten or deleted by mistake could not be brought back.',
    remedy: "give aws_s3_bucket_versioning with status 'Enabled'.",
    find(bucket, context) {
      const versioning = belongingsOf(bucket, 'aws_s3_bucket_versioning', context)[0]?.values;
      const enabled = block(versioning, 'versioning_configuration')?.status === 'Enabled';
      return isImageBucket(bucket, context) && !enabled && 'the bucket of the originals is not versioned';
    },
  },
  {
    id: 'IMG-S3-006',
    of,
    reason: 'A terraform destroy would remove every image.',
    remedy: 'set force_destroy to false, or disposable in the settings if nothing of value is in it.',
    find: ({ values }, { settings }) =>
      settings?.storage.disposable === false && values.force_destroy === true && 'force_destroy is true',
  },
  {
    id: 'IMG-S3-007',
    of,
    reason: 'A bucket has one policy and one lifecycle: of two resources each apply undoes the other.',
    remedy: 'put all statements, and all rules, into one resource.',
    find: (bucket, context) =>
      ['aws_s3_bucket_policy', 'aws_s3_bucket_lifecycle_configuration']
        .map((type) => belongingsOf(bucket, type, context))
        .filter((found) => found.length > 1)
        .map((found) => `${found.map(({ path }) => path).join(' and ')} are for the same bucket`),
  },
  {
    id: 'IMG-S3-008',
    of: ['aws_s3_bucket_cors_configuration'],
    reason: 'A browser that uploads parts must read the ETag of each to complete the upload.',
    remedy: 'list ETag in expose_headers.',
    find: ({ values }) =>
      blocks(values, 'cors_rule').some(
        ({ allowed_methods, expose_headers }) =>
          strings(allowed_methods).includes('PUT') &&
          !strings(expose_headers).some((name) => name.toLowerCase() === 'etag'),
      ) && 'a rule that allows PUT does not expose ETag',
  },
];
