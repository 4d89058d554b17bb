import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { KEY_PREFIXES } from '../../shared/domain/object-key.ts';
import type { StorageSettings } from '../environments/settings.ts';

/**
 * Smaller originals stay where they are. A transition costs $10 a million objects: at 256 KiB infrequent access repays it in four months,
 * at 128 KiB in eight; Intelligent-Tiering's monitoring ($2.50 a million objects and month) costs more than it saves below 256 KiB.
 * (Prices of us-east-1, August 2026.)
 */
export const TIERED_FROM_BYTES = 256 * 1024;

/** Renditions can be made again, so what replaced or deleted them need not be kept for mistakes; S3 knows no less than a day. */
const RENDITION_NONCURRENT_DAYS = 1;

const STORAGE_CLASSES = { 'intelligent-tiering': 'INTELLIGENT_TIERING', 'infrequent-access': 'STANDARD_IA' } as const;

type Rule = S3BucketLifecycleConfigurationRule;

const ruleOf = (id: string, prefix: string, actions: Partial<Rule>): Rule => ({
  id,
  status: 'Enabled',
  filter: [{ prefix }],
  ...actions,
});

/**
 * What S3 does by itself with age. Prefixes, not tags: tags are charged. No `newer_noncurrent_versions`: it would keep the last version of
 * a deleted image for ever.
 */
export function imageLifecycleRules(settings: StorageSettings): Rule[] {
  const noncurrent = (noncurrentDays: number) => ({ noncurrentVersionExpiration: [{ noncurrentDays }] });
  return [
    // Parts of uploads that were never completed: no listing shows them, and they cost as much as objects.
    ruleOf('abort-unfinished-uploads', '', {
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: settings.abortMultipartDays }],
    }),
    ...tieringRules(settings),
    ruleOf('expire-noncurrent-originals', KEY_PREFIXES.originals, noncurrent(settings.noncurrentDays)),
    ruleOf('expire-renditions', KEY_PREFIXES.renditions, {
      ...noncurrent(RENDITION_NONCURRENT_DAYS),
      ...(settings.renditionsExpireDays > 0 && { expiration: [{ days: settings.renditionsExpireDays }] }),
    }),
    // What is left of an object when its last version is gone; S3 allows this beside no other expiration.
    ruleOf('remove-delete-markers', '', { expiration: [{ expiredObjectDeleteMarker: true }] }),
  ];
}

function tieringRules({ originalsTier, originalsTierDays, originalsGlacierDays }: StorageSettings): Rule[] {
  const transition = [
    ...(originalsTier === 'none' ? [] : [{ days: originalsTierDays, storageClass: STORAGE_CLASSES[originalsTier] }]),
    ...(originalsGlacierDays > 0 ? [{ days: originalsGlacierDays, storageClass: 'GLACIER_IR' }] : []),
  ];
  if (transition.length === 0) return [];
  const filter = [{ and: [{ prefix: KEY_PREFIXES.originals, objectSizeGreaterThan: TIERED_FROM_BYTES }] }];
  return [{ id: 'tier-originals', status: 'Enabled', filter, transition }];
}
