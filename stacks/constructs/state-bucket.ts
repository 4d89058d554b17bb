import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import type { Construct } from 'constructs';
import { accountNames } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import { createPrivateBucket } from './private-bucket.ts';

/** Days that earlier states are kept: what a bad apply did can be undone by an old state. Some MB, a cent a year. */
const NONCURRENT_DAYS = 365;

/** The bucket of the states of all stacks. It cannot be destroyed while there is one in it. */
export function createStateBucket(scope: Construct, account: Account): void {
  const bucket = createPrivateBucket(scope, 'state-bucket', {
    bucket: accountNames(account).stateBucket,
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
}
