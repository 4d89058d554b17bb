import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import type { TerraformStack } from 'cdktf';
import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { tagsOf } from '../foundation/tags.ts';

/** A provider for the region of a CDN's web ACL; undefined if the stack is in that region already, or has no CDN. */
export function createEdgeProvider(stack: TerraformStack, settings: EnvironmentSettings): AwsProvider | undefined {
  if (!settings.cdn.enabled || settings.region === EDGE_REGION) return undefined;
  return new AwsProvider(stack, 'aws-edge', {
    alias: 'edge',
    region: EDGE_REGION,
    allowedAccountIds: [settings.accountId],
    defaultTags: [{ tags: tagsOf(settings) }],
  });
}
