import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import type { Construct } from 'constructs';
import { arnsOf, namesOf } from '../../shared/contracts/names.ts';
import type { Statement } from '../access/policy-document.ts';
import { deploymentOf } from '../environments/deployment.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { createPrivateBucket, type PrivateBucket } from './private-bucket.ts';

/** What writes into the log bucket, each below a prefix of its own. */
export const LOG_PREFIXES = { bucket: 'bucket/', loadBalancer: 'load-balancer', cdn: 'cdn/' } as const;

/** Whether anything of an environment writes access logs, so that it needs a bucket for them. */
export const needsLogBucket = ({ storage, loadBalancer, cdn }: EnvironmentSettings): boolean =>
  storage.accessLogs || loadBalancer.accessLogs || (cdn.enabled && cdn.accessLogs);

/** The bucket of all access logs. It is in the storage stack because logs outlive what wrote them. */
export function createLogBucket(scope: Construct, settings: EnvironmentSettings): PrivateBucket {
  const deployment = deploymentOf(settings);
  const bucket = createPrivateBucket(scope, 'log-bucket', {
    bucket: namesOf(deployment).logBucket,
    disposable: settings.storage.disposable,
    // Logs are written once and never replaced.
    versioned: false,
    // CloudFront's standard logs come with an ACL, and it refuses a bucket that takes none.
    acceptsAcls: settings.cdn.enabled && settings.cdn.accessLogs,
    statements: writers(settings),
  });
  expireLogs(scope, 'log-bucket', { bucket, days: settings.observability.logDays });
  return bucket;
}

/** Has the logs of a bucket go after some days. */
export function expireLogs(
  scope: Construct,
  id: string,
  { bucket, days }: { bucket: PrivateBucket; days: number },
): void {
  new S3BucketLifecycleConfiguration(scope, `${id}-lifecycle`, {
    bucket: bucket.id,
    transitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
    rule: [
      {
        id: 'expire-logs',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        expiration: [{ days }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
      },
    ],
  });
}

/** Lets S3 write the access log of one bucket of the account into another. */
export const writtenByS3 = (logBucketArn: string, accountId: string, ofBucketArn: string): Statement => ({
  Effect: 'Allow',
  Principal: { Service: 'logging.s3.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `${logBucketArn}/${LOG_PREFIXES.bucket}*`,
  Condition: {
    StringEquals: { 'aws:SourceAccount': accountId },
    ArnEquals: { 'aws:SourceArn': ofBucketArn },
  },
});

function writers(settings: EnvironmentSettings): Statement[] {
  const deployment = deploymentOf(settings);
  const bucket = `arn:aws:s3:::${namesOf(deployment).logBucket}`;
  const s3 = writtenByS3(bucket, settings.accountId, arnsOf(deployment).bucket);
  const loadBalancer: Statement = {
    Effect: 'Allow',
    Action: 's3:PutObject',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    // The account in the path is that of the load balancer: nobody else's can write here.
    Resource: `${bucket}/${LOG_PREFIXES.loadBalancer}/AWSLogs/${settings.accountId}/*`,
  };
  return [...(settings.storage.accessLogs ? [s3] : []), ...(settings.loadBalancer.accessLogs ? [loadBalancer] : [])];
}
