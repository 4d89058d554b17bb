import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import type { TerraformStack } from 'cdktf';
import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { tagsOf } from '../foundation/tags.ts';

/** AWS where the web ACL of a CDN lives; undefined where the stack's own provider is there already, or no CDN is wanted. */
export function createEdgeProvider(stack: TerraformStack, settings: EnvironmentSettings): AwsProvider | undefined {
  if (!settings.cdn.enabled || settings.region === EDGE_REGION) return undefined;
  return new AwsProvider(stack, 'aws-edge', {
    alias: 'edge',
    region: EDGE_REGION,
    allowedAccountIds: [settings.accountId],
    defaultTags: [{ tags: tagsOf(settings) }],
  });
}
