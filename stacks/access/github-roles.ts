import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import type { Construct } from 'constructs';
import { accountNames, type Workflow } from '../../shared/contracts/names.ts';
import type { AccountSettings } from '../environments/settings.ts';
import { applyPolicies } from './apply-permissions.ts';
import { deployStatements } from './deploy-permissions.ts';
import { createGithubProvider, githubTrust, subjectsOf } from './github-trust.ts';
import { planStatements } from './plan-permissions.ts';
import { policyDocument, type Statement } from './policy-document.ts';
import { previewStatements } from './preview-permissions.ts';

/** A role for jobs of GitHub Actions: which jobs may assume it, and what it may do. */
interface Job {
  workflow: Workflow;
  description: string;
  /** The end of GitHub's subject claim, such as `pull_request`, by which jobs are recognised. */
  context: string;
  /** One policy is inline; several are managed policies, because inline policies of a role may have 10,240 characters together. */
  policies: Record<string, readonly Statement[]>;
}

/** Creates the roles of the repository's workflows. There is no key that could leak: each job gets credentials of its own for an hour. */
export function createGithubRoles(scope: Construct, settings: AccountSettings): Record<string, string> {
  const provider = createGithubProvider(scope, settings);
  const jobs = [...readingJobs(settings), ...settings.githubEnvironments.flatMap((name) => jobsOf(settings, name))];
  return Object.fromEntries(jobs.map((job) => [job.workflow, createRole(scope, settings, { ...job, provider })]));
}

const readingJobs = (settings: AccountSettings): Job[] => [
  {
    workflow: 'preview',
    description: 'Compares the stacks of a pull request with the state of an environment that holds no secret',
    // Anybody who may push a branch decides what runs in this job, before a review.
    context: 'pull_request',
    policies: { preview: previewStatements(settings) },
  },
  {
    workflow: 'plan',
    description: 'Compares the stacks of main with what is there, to notice drift',
    // Only reviewed code may use this role, because a plan reads resource descriptions, which contain the CDN's secret.
    context: 'ref:refs/heads/main',
    policies: { plan: planStatements(settings) },
  },
];

/** The roles of an environment, for jobs of the GitHub environment of that name only, so that a job of dev cannot change prod. */
function jobsOf(settings: AccountSettings, environment: string): Job[] {
  const deployment = { ...settings, environment };
  const context = `environment:${environment}`;
  return [
    {
      workflow: `apply-${environment}`,
      description: `Applies the stacks of ${environment}`,
      context,
      policies: applyPolicies(deployment),
    },
    {
      workflow: `deploy-${environment}`,
      description: `Pushes images and says which are to run in ${environment}`,
      context,
      policies: { deploy: deployStatements(deployment) },
    },
  ];
}

function createRole(scope: Construct, settings: AccountSettings, job: Job & { provider: string }): string {
  const { workflow, description, context, policies, provider } = job;
  const name = accountNames(settings).role(workflow);
  const role = new IamRole(scope, `${workflow}-role`, {
    name,
    description,
    assumeRolePolicy: githubTrust(provider, subjectsOf(settings.github, context)),
  });
  const [only, ...others] = Object.entries(policies);
  if (only && others.length === 0) {
    const policy = policyDocument(...only[1]);
    new IamRolePolicy(scope, `${workflow}-role-policy`, { name: only[0], role: role.name, policy });
    return role.arn;
  }
  for (const [part, statements] of Object.entries(policies)) {
    const policy = new IamPolicy(scope, `${workflow}-${part}`, {
      name: `${name}-${part}`,
      policy: policyDocument(...statements),
    });
    new IamRolePolicyAttachment(scope, `${workflow}-${part}-attachment`, { role: role.name, policyArn: policy.arn });
  }
  return role.arn;
}
