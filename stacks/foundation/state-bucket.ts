import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging/index.js';
import type { Construct } from 'constructs';
import { accountNames } from '../../shared/contracts/names.ts';
import { createPrivateBucket } from '../storage/bucket.ts';
import { allowS3AccessLogs, expireLogs, LOG_PREFIXES } from '../storage/log-bucket.ts';
import type { Account } from './account.ts';

/** Days that earlier states are kept, because a bad apply can be undone with an old state. They are some MB, a cent a year. */
const NONCURRENT_DAYS = 365;

/**
 * Days that the log of who read and wrote states is kept: as long as the states, because they contain the CDN's secret. It is some MB, a cent a
 * year.
 */
const LOG_DAYS = NONCURRENT_DAYS;

/** Creates the bucket of all states, and the bucket of its access log. The first cannot be destroyed while there is a state in it. */
export function createStateBucket(scope: Construct, account: Account): void {
  const { stateBucket, stateLogBucket } = accountNames(account);
  const bucket = createPrivateBucket(scope, 'state-bucket', {
    bucket: stateBucket,
    disposable: false,
    versioned: true,
  });
  new S3BucketLifecycleConfiguration(scope, 'state-bucket-lifecycle', {
    bucket: bucket.id,
    transitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
    rule: [
      {
        id: 'expire-earlier-states',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_DAYS }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
      },
    ],
  });
  const log = createLogBucket(scope, account);
  new S3BucketLoggingA(scope, 'state-bucket-logging', {
    bucket: bucket.id,
    targetBucket: stateLogBucket,
    targetPrefix: LOG_PREFIXES.bucket,
    // S3 checks that it may write before it accepts the setting.
    dependsOn: [log.policy],
  });
}

function createLogBucket(scope: Construct, account: Account) {
  const { stateBucket, stateLogBucket } = accountNames(account);
  const bucket = createPrivateBucket(scope, 'state-log-bucket', {
    bucket: stateLogBucket,
    // It is destroyed together with the bucket that it logs, which must be empty by then.
    disposable: true,
    // Logs are written once and never replaced.
    versioned: false,
    statements: [allowS3AccessLogs(`arn:aws:s3:::${stateLogBucket}`, account.accountId, `arn:aws:s3:::${stateBucket}`)],
  });
  expireLogs(scope, 'state-log-bucket', { bucket, days: LOG_DAYS });
  return bucket;
}
