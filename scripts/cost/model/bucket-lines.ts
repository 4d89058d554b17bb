import { readLifecycleRules, rulesForObject } from '../lifecycle/lifecycle-rules.ts';
import type { Billed } from './charge.ts';
import type { Context } from './context.ts';
import { accessLogLines } from './log-lines.ts';
import { requestLines } from './request-lines.ts';
import type { Resource } from './resource.ts';
import { storageLines } from './storage-lines.ts';

/** Days that access logs are kept if no rule removes them: all of the months of a report. */
const FOR_EVER = 100 * 365;

/** The lines of a bucket: of images, or of access logs. Those of the bootstrap stack hold some megabytes of Terraform's state. */
export function bucketLines(bucket: Resource, context: Context): Billed[] {
  if (bucket.name === 'image-bucket')
    return [...storageLines(context, bucket.address), ...requestLines(context, bucket.address)];
  if (bucket.name !== 'log-bucket' || !bucket.address.startsWith('storage-')) return [];
  const rules = readLifecycleRules(context.environment.storage, bucket.name);
  return accessLogLines(bucket, context, rulesForObject(rules, '', 1).expirationDays ?? FOR_EVER);
}
