import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import type { Construct } from 'constructs';
import { policyDocument, type Statement } from '../access/policy-document.ts';
import { denyOldTls, denyPlainText } from './tls-only.ts';

interface PrivateBucketProps {
  bucket: string;
  /** Whether the bucket may be destroyed with its content. */
  disposable: boolean;
  versioned: boolean;
  /** Lets an AWS service write with its own ACL; otherwise ACLs are off and the bucket's owner owns all objects. */
  acceptsAcls?: boolean;
  statements?: readonly Statement[];
}

export interface PrivateBucket {
  /** A reference to the resource, so that a user of it is created after the bucket. */
  id: string;
  /** Must exist before an AWS service may write. */
  policy: S3BucketPolicy;
  /** Must exist before the bucket can be replicated; undefined if no versions are kept. */
  versioning: S3BucketVersioningA | undefined;
}

/** A bucket that cannot be opened to the public by mistake. All buckets of the stacks are made by this function. */
export function createPrivateBucket(scope: Construct, id: string, props: PrivateBucketProps): PrivateBucket {
  const bucket = new S3Bucket(scope, id, { bucket: props.bucket, forceDestroy: props.disposable });
  new S3BucketOwnershipControls(scope, `${id}-ownership`, {
    bucket: bucket.id,
    rule: { objectOwnership: props.acceptsAcls ? 'BucketOwnerPreferred' : 'BucketOwnerEnforced' },
  });
  // S3's own keys are free. A KMS key costs $1 a month and $0.03 for 10,000 requests, and these buckets are closed to other accounts anyway.
  new S3BucketServerSideEncryptionConfigurationA(scope, `${id}-encryption`, {
    bucket: bucket.id,
    rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
  });
  const versioning = props.versioned
    ? new S3BucketVersioningA(scope, `${id}-versioning`, {
        bucket: bucket.id,
        versioningConfiguration: { status: 'Enabled' },
      })
    : undefined;
  return { id: bucket.id, versioning, policy: closeToPublic(scope, id, bucket, props) };
}

/** S3 accepts one change of a bucket's access at a time and answers OperationAborted to another, so the policy waits for the access block. */
function closeToPublic(scope: Construct, id: string, bucket: S3Bucket, props: PrivateBucketProps): S3BucketPolicy {
  const resources = [`arn:aws:s3:::${props.bucket}`, `arn:aws:s3:::${props.bucket}/*`];
  const publicAccess = new S3BucketPublicAccessBlock(scope, `${id}-public-access`, {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const statements = [denyPlainText('s3:*', ...resources), denyOldTls(...resources), ...(props.statements ?? [])];
  return new S3BucketPolicy(scope, `${id}-policy`, {
    bucket: bucket.id,
    policy: policyDocument(...statements),
    dependsOn: [publicAccess],
  });
}
