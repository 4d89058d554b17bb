import { S3BucketReplicationConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { replicationStatements } from '../access/copy-permissions.ts';
import { createServiceRole } from '../access/service-role.ts';
import type { ReplicaSettings } from '../environments/settings.ts';
import type { PrivateBucket } from './bucket.ts';

/** The name of the rule, which is also a dimension of its metrics in CloudWatch. */
export const REPLICATION_RULE = 'originals';

interface ImageReplicationProps {
  deployment: Deployment;
  settings: ReplicaSettings;
  /** The bucket of the images. */
  bucket: PrivateBucket;
}

/**
 * Copies each new original into a bucket of another account, which the owner of that account has created (`npm run copies`). Delete markers are
 * copied too, so that images deleted by users disappear there after `noncurrentDays`. A deletion of a version by its id, the only kind that
 * removes bytes, is never replicated, so an attacker with access to this account alone can hide copies but not destroy them.
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html)
 */
export function createImageReplication(scope: Construct, props: ImageReplicationProps): void {
  const { deployment, settings, bucket } = props;
  const names = namesOf(deployment);
  const arns = arnsOf(deployment);
  const { accountId } = settings.copyTo;
  const replica = arns.replicaBucket(accountId);
  const role = createServiceRole(scope, 'replication-role', {
    name: names.replicationRole,
    description: 'What S3 does to copy originals into the bucket of another account',
    service: 's3.amazonaws.com',
    statements: replicationStatements(arns.bucket, replica, accountId),
  });
  new S3BucketReplicationConfigurationA(scope, 'image-replication', {
    bucket: bucket.id,
    role: role.arn,
    rule: [
      {
        id: REPLICATION_RULE,
        status: 'Enabled',
        // S3 requires a priority with a filter in the current schema.
        priority: 1,
        filter: { prefix: KEY_PREFIXES.originals },
        deleteMarkerReplication: { status: 'Enabled' },
        destination: {
          bucket: replica,
          // Copies are read only after a loss. They cost $0.004 a GB and month instead of Standard's $0.023, with a minimum of 90 days, and are
          // as quick to read.
          storageClass: 'GLACIER_IR',
          // Four custom metrics of CloudWatch, $0.30 each; without them failures go unnoticed.
          metrics: { status: 'Enabled' },
        },
      },
    ],
    dependsOn: [role.policy, ...(bucket.versioning ? [bucket.versioning] : [])],
  });
}
