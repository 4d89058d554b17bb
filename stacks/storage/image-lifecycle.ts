import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { KEY_PREFIXES, RECEIVED_DAYS } from '../../shared/domain/object-key.ts';
import type { StorageSettings } from '../environments/settings.ts';

/**
 * Smaller originals are not moved. A transition costs $10 a million objects: at 256 KiB infrequent access repays it in four months,
 * at 128 KiB in eight; Intelligent-Tiering's monitoring ($2.50 a million objects and month) costs more than it saves below 256 KiB.
 * (Prices of us-east-1, August 2026.)
 */
export const TIERED_FROM_BYTES = 256 * 1024;

/** Renditions can be made again, and what was received has become an original, so deleted and replaced versions need not be kept. A day is the shortest time that S3 allows. */
const SHORTEST_NONCURRENT_DAYS = 1;

const STORAGE_CLASSES = { 'intelligent-tiering': 'INTELLIGENT_TIERING', 'infrequent-access': 'STANDARD_IA' } as const;

type Rule = S3BucketLifecycleConfigurationRule;

const ruleOf = (id: string, prefix: string, actions: Partial<Rule>): Rule => ({
  id,
  status: 'Enabled',
  filter: [{ prefix }],
  ...actions,
});

/**
 * The rules by which S3 moves and removes objects by age. They select by prefix and not by tag, because tags are charged. They do not use
 * `newer_noncurrent_versions`, which would keep the last version of a deleted image for ever.
 */
export function imageLifecycleRules(settings: StorageSettings): Rule[] {
  const noncurrent = (noncurrentDays: number) => ({ noncurrentVersionExpiration: [{ noncurrentDays }] });
  return [
    // Parts of uploads that were never completed appear in no listing and cost as much as objects.
    ruleOf('abort-unfinished-uploads', '', {
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: settings.abortMultipartDays }],
    }),
    ...tieringRules(settings),
    ruleOf('expire-noncurrent-originals', KEY_PREFIXES.originals, noncurrent(settings.noncurrentDays)),
    ruleOf('expire-renditions', KEY_PREFIXES.renditions, {
      ...noncurrent(SHORTEST_NONCURRENT_DAYS),
      ...(settings.renditionsExpireDays > 0 && { expiration: [{ days: settings.renditionsExpireDays }] }),
    }),
    // The services remove these as soon as there is an original, and what they leave when they die within hours; this is for what they do not find.
    ruleOf('expire-received', KEY_PREFIXES.received, {
      ...noncurrent(SHORTEST_NONCURRENT_DAYS),
      expiration: [{ days: RECEIVED_DAYS }],
    }),
    // A delete marker remains when the last version of an object is gone. S3 does not allow this in one rule with another expiration.
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
