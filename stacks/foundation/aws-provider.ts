import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { Aspects, type TerraformStack } from 'cdktf';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';
import { BoundaryAspect } from '../access/permissions-boundary.ts';
import type { Account } from './account.ts';
import { TagAspect, tagsOf } from './tags.ts';

interface Target extends Account {
  tags: { Owner: string; CostCenter: string };
  /** Of the environment, unless it is the account's own. */
  name?: string;
}

/**
 * The provider of a stack, and what holds for all that is in it: the Terraform that it needs, tags, and the boundary of an environment's
 * roles. With the credentials of another account it refuses to do anything, so that nobody applies dev's settings to prod. Endpoints are not
 * for here: it honours AWS_ENDPOINT_URL.
 */
export function createAwsProvider(stack: TerraformStack, target: Target): AwsProvider {
  const tags = tagsOf(target);
  // An older one would ignore the lock file and let two people apply at once; cdktf 0.21 has no property for it.
  stack.addOverride('terraform.required_version', `>= ${OLDEST_TERRAFORM}`);
  Aspects.of(stack).add(new TagAspect(tags));
  if (target.name) Aspects.of(stack).add(new BoundaryAspect({ ...target, environment: target.name }));
  return new AwsProvider(stack, 'aws', {
    region: target.region,
    allowedAccountIds: [target.accountId],
    defaultTags: [{ tags }],
  });
}
