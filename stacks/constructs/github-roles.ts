import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { Construct } from 'constructs';
import { accountNames, type WorkflowPurpose } from '../../shared/contracts/naming.ts';
import { suppress } from '../checks/suppressions.ts';
import type { AccountSettings } from '../environments/settings.ts';
import { applyStatements } from './apply-permissions.ts';
import { deployStatements } from './deploy-permissions.ts';
import { createGithubProvider, githubTrust, subjectsOf } from './github-trust.ts';
import { planStatements } from './plan-permissions.ts';
import { policyDocument, type Statement } from './policy-document.ts';
import { previewStatements } from './preview-permissions.ts';

/** What stands in account.ts until somebody puts their own. */
const PLACEHOLDERS = { accountId: '111122223333', owner: 'example' };

/** The jobs that may take a role, as GitHub's contexts, and what it may do. */
interface Workflow {
  purpose: WorkflowPurpose;
  description: string;
  contexts: readonly string[];
  statements: readonly Statement[];
}

/** What workflows of the repository may do, without a key that could be lost: each job gets credentials of its own for an hour. */
export function createGithubRoles(scope: Construct, settings: AccountSettings): Record<Workflow['purpose'], string> {
  const { accountId, github } = settings;
  if (accountId !== PLACEHOLDERS.accountId && github.owner === PLACEHOLDERS.owner)
    throw new Error(
      `ACCOUNTS in stacks/environments/account.ts: github.owner is still "${github.owner}", whose workflows would get the account ${accountId}. Put the owner, the repository and their ids.`,
    );
  const provider = createGithubProvider(scope, settings);
  const environments = settings.githubEnvironments.map((name) => `environment:${name}`);
  const roleFor = (workflow: Workflow) => createRole(scope, settings, { provider, ...workflow });
  return {
    preview: roleFor({
      purpose: 'preview',
      description: 'Compares the stacks of a pull request with the state of an environment that holds no secret',
      // Whoever may push a branch decides what runs there, before anybody has looked at it.
      contexts: ['pull_request'],
      statements: previewStatements(settings),
    }),
    plan: roleFor({
      purpose: 'plan',
      description: 'Compares the stacks of main with what is there, to notice drift',
      // Only what was reviewed: a plan reads all that descriptions tell, the secret of the CDN and the names of images among it.
      contexts: ['ref:refs/heads/main'],
      statements: planStatements(settings),
    }),
    apply: roleFor({
      purpose: 'apply',
      description: 'Applies the stacks of environments',
      contexts: environments,
      statements: applyStatements(settings),
    }),
    deploy: roleFor({
      purpose: 'deploy',
      description: 'Pushes images and says which are to run',
      contexts: environments,
      statements: deployStatements(settings),
    }),
  };
}

function createRole(scope: Construct, settings: AccountSettings, workflow: Workflow & { provider: string }): string {
  const { purpose, description, contexts, statements, provider } = workflow;
  const role = new IamRole(scope, `${purpose}-role`, {
    name: accountNames(settings).role(purpose),
    description,
    assumeRolePolicy: githubTrust(provider, subjectsOf(settings.github, ...contexts)),
  });
  const policy = new IamRolePolicy(scope, `${purpose}-role-policy`, {
    name: purpose,
    role: role.name,
    policy: policyDocument(...statements),
  });
  if (purpose === 'plan' || purpose === 'apply') {
    const reason =
      'Descriptions, and what AWS knows by numbers only, have no name to narrow by; kinds of things and the region narrow them.';
    suppress(policy, 'IMG-IAM-002', reason);
  }
  return role.arn;
}
