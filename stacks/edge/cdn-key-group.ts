import { createHash } from 'node:crypto';
import { CloudfrontKeyGroup } from '@cdktf/provider-aws/lib/cloudfront-key-group/index.js';
import { CloudfrontPublicKey } from '@cdktf/provider-aws/lib/cloudfront-public-key/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';

export interface KeyGroup {
  keyGroups: string[];
  /** The values that signed URLs carry as `Key-Pair-Id`. */
  keyIds: string[];
}

/**
 * The keys whose signatures the CDN accepts. With any key, the CDN serves bytes only to requests that are signed. To replace a key, add the new
 * one in front of the old ones, sign with it, and remove the old one when the last URL that it signed has expired.
 */
export function createKeyGroup(scope: Construct, names: Names, pems: readonly string[]): KeyGroup {
  if (pems.length === 0) return { keyGroups: [], keyIds: [] };
  const keys = pems.map((pem) => createKey(scope, names, pem));
  const keyIds = keys.map(({ id }) => id);
  const group = new CloudfrontKeyGroup(scope, 'key-group', {
    name: names.prefix,
    items: keyIds,
    // CloudFront removes a key group only after the distribution has stopped using it.
    lifecycle: { createBeforeDestroy: true },
  });
  return { keyGroups: [group.id], keyIds };
}

/**
 * A key's name in Terraform comes from its content and not from its position, because a key added in front of it would otherwise replace it,
 * and the URLs that it has signed name it by its id.
 */
function createKey(scope: Construct, names: Names, pem: string): CloudfrontPublicKey {
  // CloudFront returns the key with one newline at its end; without the newline every plan would replace it.
  const encodedKey = `${pem.trim()}\n`;
  const digest = createHash('sha256').update(encodedKey).digest('hex').slice(0, 12);
  return new CloudfrontPublicKey(scope, `public-key-${digest}`, {
    namePrefix: `${names.prefix}-`,
    encodedKey,
    lifecycle: { createBeforeDestroy: true },
  });
}
