import { accountNames, type Workflow } from '../../../shared/contracts/names.ts';
import { BootstrapStack } from '../../../stacks/bootstrap-stack.ts';
import type { AccountSettings } from '../../../stacks/environments/settings.ts';
import { type Arguments, all, type Synthesised, synthesise } from './entrance.ts';
import type { PolicyStatement } from './policies.ts';
import { statementsOfRole } from './role-statements.ts';
import { testingApp } from './testing-app.ts';

export const ACCOUNT: AccountSettings = {
  accountId: '111122223333',
  region: 'eu-west-1',
  github: { owner: 'ada', repository: 'images', ownerId: '17', repositoryId: '23' },
  githubEnvironments: ['dev', 'prod'],
  previewEnvironments: ['dev'],
  alarmEmails: ['team@example.com'],
  hasOidcProvider: false,
  stateInBucket: false,
  tags: { Owner: 'team', CostCenter: 'images' },
};
export const ACCOUNT_NAMES = accountNames(ACCOUNT);
export const STATE_BUCKET = `arn:aws:s3:::${ACCOUNT_NAMES.stateBucket}`;

/** Every role of the account. */
export const WORKFLOWS: Workflow[] = ['preview', 'plan', 'apply-dev', 'apply-prod', 'deploy-dev', 'deploy-prod'];

/** The bootstrap of such an account, with changes. */
export const bootstrap = (changes: Partial<AccountSettings> = {}): Synthesised =>
  synthesise(new BootstrapStack(testingApp(), 'bootstrap', { ...ACCOUNT, ...changes }));

/** The statements of all policies of a workflow's role. */
export const workflowStatements = ({ resource }: Synthesised, workflow: Workflow): PolicyStatement[] =>
  statementsOfRole(resource, ACCOUNT_NAMES.role(workflow));

/** The trust policy of a role. */
export function trustOf(synthesised: Synthesised, workflow: Workflow): Arguments {
  const role = all(synthesised, 'iam_role').find(({ name }) => name === ACCOUNT_NAMES.role(workflow));
  return JSON.parse(role?.assume_role_policy).Statement[0];
}
