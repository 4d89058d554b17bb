import { createHash } from 'node:crypto';
import { CloudfrontKeyGroup } from '@cdktf/provider-aws/lib/cloudfront-key-group/index.js';
import { CloudfrontPublicKey } from '@cdktf/provider-aws/lib/cloudfront-public-key/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';

export interface Signers {
  keyGroups: string[];
  /** What a signed URL names its key by: `Key-Pair-Id`. */
  keyIds: string[];
}

/**
 * The keys whose signatures the CDN takes; it then gives bytes to nobody without one. To replace a key, add the new one before those it
 * replaces, sign with it, and take the old one away when the last URL of it has run out.
 */
export function createKeyGroup(scope: Construct, names: Names, pems: readonly string[]): Signers {
  if (pems.length === 0) return { keyGroups: [], keyIds: [] };
  const keys = pems.map((pem) => createKey(scope, names, pem));
  const keyIds = keys.map(({ id }) => id);
  const group = new CloudfrontKeyGroup(scope, 'key-group', {
    name: names.prefix,
    items: keyIds,
    // Ended after the distribution does without it, as CloudFront demands.
    lifecycle: { createBeforeDestroy: true },
  });
  return { keyGroups: [group.id], keyIds };
}

/** Known to Terraform by itself, not by its place: one before it would replace it, and what it has signed names it by its id. */
function createKey(scope: Construct, names: Names, pem: string): CloudfrontPublicKey {
  // CloudFront gives it back with one line end, and without it every plan would replace it.
  const encodedKey = `${pem.trim()}\n`;
  const digest = createHash('sha256').update(encodedKey).digest('hex').slice(0, 12);
  return new CloudfrontPublicKey(scope, `public-key-${digest}`, {
    namePrefix: `${names.prefix}-`,
    encodedKey,
    lifecycle: { createBeforeDestroy: true },
  });
}
