import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { Aspects, type TerraformStack } from 'cdktf';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';
import { BoundaryAspect } from '../access/permissions-boundary.ts';
import type { Account } from './account.ts';
import { TagAspect, tagsOf } from './tags.ts';

interface Target extends Account {
  tags: { Owner: string; CostCenter: string };
  /** The name of the environment; undefined for a stack of the account itself. */
  name?: string;
}

/**
 * Creates the provider of a stack, and sets what holds for the whole stack: the Terraform version, tags, and the boundary of an environment's
 * roles. The provider refuses the credentials of another account, so that nobody applies dev's settings to prod. Endpoints are not set here; the
 * provider honours AWS_ENDPOINT_URL.
 */
export function createAwsProvider(stack: TerraformStack, target: Target): AwsProvider {
  const tags = tagsOf(target);
  // An older Terraform would ignore the lock file and let two people apply at once. cdktf 0.21 has no property for the version.
  stack.addOverride('terraform.required_version', `>= ${OLDEST_TERRAFORM}`);
  Aspects.of(stack).add(new TagAspect(tags));
  if (target.name) Aspects.of(stack).add(new BoundaryAspect({ ...target, environment: target.name }));
  return new AwsProvider(stack, 'aws', {
    region: target.region,
    allowedAccountIds: [target.accountId],
    defaultTags: [{ tags }],
  });
}
