import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import type { Construct } from 'constructs';
import { arnsOf, namesOf } from '../../shared/contracts/names.ts';
import type { Statement } from '../access/policy-document.ts';
import { deploymentOf } from '../environments/deployment.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { createPrivateBucket, type PrivateBucket } from './bucket.ts';

/** The prefixes in the log bucket, one for each kind of access log. */
export const LOG_PREFIXES = { bucket: 'bucket/', loadBalancer: 'load-balancer', cdn: 'cdn/' } as const;

/** Whether anything in the environment writes access logs and needs a bucket for them. */
export const needsLogBucket = ({ storage, loadBalancer, cdn }: EnvironmentSettings): boolean =>
  storage.accessLogs || loadBalancer.accessLogs || (cdn.enabled && cdn.accessLogs);

/** Creates the bucket of all access logs. It is in the storage stack because logs must outlive the resources that wrote them. */
export function createLogBucket(scope: Construct, settings: EnvironmentSettings): PrivateBucket {
  const deployment = deploymentOf(settings);
  const bucket = createPrivateBucket(scope, 'log-bucket', {
    bucket: namesOf(deployment).logBucket,
    disposable: settings.storage.disposable,
    // Logs are written once and never replaced.
    versioned: false,
    // CloudFront writes its standard logs with an ACL and refuses a bucket without ACLs.
    acceptsAcls: settings.cdn.enabled && settings.cdn.accessLogs,
    statements: writers(settings),
  });
  expireLogs(scope, 'log-bucket', { bucket, days: settings.observability.logDays });
  return bucket;
}

/** Removes the logs in a bucket after some days. */
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

/** Lets S3 write the access log of one bucket into another bucket of the account. */
export const allowS3AccessLogs = (logBucketArn: string, accountId: string, ofBucketArn: string): Statement => ({
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
  const s3 = allowS3AccessLogs(bucket, settings.accountId, arnsOf(deployment).bucket);
  const loadBalancer: Statement = {
    Effect: 'Allow',
    Action: 's3:PutObject',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    // The path contains the load balancer's account, so load balancers of other accounts cannot write here.
    Resource: `${bucket}/${LOG_PREFIXES.loadBalancer}/AWSLogs/${settings.accountId}/*`,
  };
  return [...(settings.storage.accessLogs ? [s3] : []), ...(settings.loadBalancer.accessLogs ? [loadBalancer] : [])];
}
