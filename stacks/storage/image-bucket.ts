import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { ApiSettings, StorageSettings } from '../environments/settings.ts';
import { createPrivateBucket, type PrivateBucket } from './bucket.ts';
import { imageLifecycleRules } from './image-lifecycle.ts';
import { LOG_PREFIXES } from './log-bucket.ts';

interface ImageBucketProps {
  settings: StorageSettings;
  corsOrigins: ApiSettings['corsOrigins'];
  names: Names;
  /** The bucket for S3's access log; without it there is none. */
  logBucket?: PrivateBucket | undefined;
}

/** The bucket of originals and renditions. */
export function createImageBucket(
  scope: Construct,
  { settings, corsOrigins, names, logBucket }: ImageBucketProps,
): PrivateBucket {
  const bucket = createPrivateBucket(scope, 'image-bucket', {
    bucket: names.bucket,
    disposable: settings.disposable,
    // A deleted original can be restored for `noncurrentDays`.
    versioned: true,
  });
  new S3BucketLifecycleConfiguration(scope, 'image-bucket-lifecycle', {
    bucket: bucket.id,
    // This is S3's default. Without it the provider reports a difference on buckets that have it.
    transitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
    rule: imageLifecycleRules(settings),
  });
  if (corsOrigins.length > 0) allowPartsFrom(scope, bucket.id, corsOrigins);
  if (settings.accessLogs && logBucket) {
    new S3BucketLoggingA(scope, 'image-bucket-logging', {
      bucket: bucket.id,
      targetBucket: logBucket.id,
      targetPrefix: LOG_PREFIXES.bucket,
      // S3 refuses to log into a bucket that it may not write to.
      dependsOn: [logBucket.policy],
    });
  }
  return bucket;
}

/** Lets web pages upload parts to part URLs and read the ETag, which completing an upload needs. Everything else goes through the services. */
function allowPartsFrom(scope: Construct, bucket: string, allowedOrigins: readonly string[]): void {
  new S3BucketCorsConfiguration(scope, 'image-bucket-cors', {
    bucket,
    corsRule: [
      {
        allowedMethods: ['PUT'],
        allowedOrigins: [...allowedOrigins],
        allowedHeaders: ['content-type', 'content-md5'],
        exposeHeaders: ['ETag'],
        // An hour, so that a browser sends one preflight and not one before every part.
        maxAgeSeconds: 3600,
      },
    ],
  });
}
