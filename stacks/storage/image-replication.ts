import { S3BucketReplicationConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import { replicationStatements } from '../access/copy-permissions.ts';
import { createServiceRole } from '../access/service-role.ts';
import type { ReplicaSettings } from '../environments/settings.ts';
import type { PrivateBucket } from './private-bucket.ts';

/** The name of the rule, by which CloudWatch knows its figures too. */
export const REPLICATION_RULE = 'originals';

interface ImageReplicationProps {
  deployment: Deployment;
  settings: ReplicaSettings;
  /** That of the images. */
  bucket: PrivateBucket;
}

/**
 * Copies each new original into a bucket of another account, which its owner has made (`npm run copies`). Delete markers go along, so that what
 * users delete goes from there too, after `noncurrentDays`: a deletion with a version's id, the only one that removes bytes, is never
 * replicated, so who has this account alone can hide copies there and end none.
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
        // S3 refuses to leave it out beside a filter of the present form.
        priority: 1,
        filter: { prefix: KEY_PREFIXES.originals },
        deleteMarkerReplication: { status: 'Enabled' },
        destination: {
          bucket: replica,
          // Read only after a loss: $0.004 a GB and month for Standard's $0.023, and as quick to read. What goes within 90 days is paid for them.
          storageClass: 'GLACIER_IR',
          // Four custom metrics of CloudWatch, $0.30 each; without them nobody is told of what failed.
          metrics: { status: 'Enabled' },
        },
      },
    ],
    dependsOn: [role.policy, ...(bucket.versioning ? [bucket.versioning] : [])],
  });
}
