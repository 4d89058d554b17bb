import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { accountNames } from '../shared/contracts/names.ts';
import { createGithubRoles } from './access/github-roles.ts';
import { createPermissionsBoundary } from './access/permissions-boundary.ts';
import { placeholdersIn } from './checks/placeholder-checks.ts';
import { EXAMPLE_ACCOUNT_ID } from './environments/account.ts';
import type { AccountSettings } from './environments/settings.ts';
import { createAwsProvider } from './foundation/aws-provider.ts';
import { createContainerRepositories } from './foundation/container-repositories.ts';
import { PlainStack } from './foundation/plain-stack.ts';
import { BOOTSTRAP_STATE_KEY, keepStateInBucket, keepStateInFile } from './foundation/state-backend.ts';
import { createStateBucket } from './foundation/state-bucket.ts';
import { createVulnerabilityNotices } from './observability/vulnerability-notices.ts';

/**
 * The resources that an account needs before any environment. Somebody with an administrator's credentials applies this stack, at the beginning
 * and after each change.
 *
 * At first its own state is a file in this project, `terraform.bootstrap.tfstate`, because the bucket does not exist yet. Afterwards set
 * `stateInBucket` in stacks/environments/account.ts and move the state: `npx cdktf deploy bootstrap --migrate-state`. If the file is lost
 * before that, nothing breaks, but every resource must be imported.
 */
export class BootstrapStack extends PlainStack {
  constructor(scope: Construct, id: string, settings: AccountSettings) {
    super(scope, id);
    refusePlaceholders(settings);
    createAwsProvider(this, settings);
    if (settings.stateInBucket) keepStateInBucket(this, settings, BOOTSTRAP_STATE_KEY);
    else keepStateInFile(this);
    createStateBucket(this, settings);
    createContainerRepositories(this, settings);
    createVulnerabilityNotices(this, settings);
    for (const environment of settings.githubEnvironments)
      createPermissionsBoundary(this, { ...settings, environment });
    const roles = createGithubRoles(this, settings);
    new TerraformOutput(this, 'state-bucket-name', { value: accountNames(settings).stateBucket });
    for (const [workflow, arn] of Object.entries(roles))
      new TerraformOutput(this, `${workflow}-role-arn`, { value: arn });
  }
}

/** Refuses placeholders in a real account, where workflows of the example repository would get access and notices would reach nobody. */
function refusePlaceholders(settings: AccountSettings): void {
  const { accountId } = settings;
  const left = accountId === EXAMPLE_ACCOUNT_ID ? [] : placeholdersIn(settings);
  if (left.length === 0) return;
  const listed = left.map(([path, value]) => `${path} is still "${value}"`).join(', ');
  throw new Error(
    `ACCOUNTS in stacks/environments/account.ts: ${listed}. Put your own before account ${accountId} gets it.`,
  );
}
