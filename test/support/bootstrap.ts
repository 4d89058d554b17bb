import { accountNames, type Workflow } from '../../shared/contracts/naming.ts';
import { BootstrapStack } from '../../stacks/bootstrap-stack.ts';
import type { AccountSettings } from '../../stacks/environments/settings.ts';
import { type Arguments, all, type Synthesised, synthesise } from './entrance.ts';
import type { PolicyStatement } from './policies.ts';
import { testingApp } from './testing-app.ts';

export const ACCOUNT: AccountSettings = {
  accountId: '111122223333',
  region: 'eu-west-1',
  github: { owner: 'ada', repository: 'images', ownerId: '17', repositoryId: '23' },
  githubEnvironments: ['dev', 'prod'],
  previewEnvironments: ['dev'],
  hasOidcProvider: false,
  stateInBucket: false,
  tags: { Owner: 'team', CostCenter: 'images' },
};
export const ACCOUNT_NAMES = accountNames(ACCOUNT);
export const STATE_BUCKET = `arn:aws:s3:::${ACCOUNT_NAMES.stateBucket}`;

/** Every role of that account. */
export const WORKFLOWS: Workflow[] = ['preview', 'plan', 'apply-dev', 'apply-prod', 'deploy-dev', 'deploy-prod'];

/** The bootstrap of an account like that, with changes. */
export const bootstrap = (changes: Partial<AccountSettings> = {}): Synthesised =>
  synthesise(new BootstrapStack(testingApp(), 'bootstrap', { ...ACCOUNT, ...changes }));

/** The resource that `${aws_TYPE.ID.attribute}` leads to. */
const targetOf = ({ resource }: Synthesised, reference: string): Arguments => {
  const [, type = '', id = ''] = /^\$\{(\w+)\.([\w-]+)\./.exec(reference) ?? [];
  const target = resource[type]?.[id];
  if (!target) throw new Error(`${reference} leads nowhere`);
  return target;
};

/** What a workflow's role may do, by whatever policy it has. */
export function workflowStatements(synthesised: Synthesised, workflow: Workflow): PolicyStatement[] {
  const role = ACCOUNT_NAMES.role(workflow);
  const isOfRole = (policy: Arguments) => targetOf(synthesised, policy.role).name === role;
  const inline = all(synthesised, 'iam_role_policy').filter(isOfRole);
  const attached = all(synthesised, 'iam_role_policy_attachment').filter(isOfRole);
  const managed = attached.map((attachment) => targetOf(synthesised, attachment.policy_arn));
  return [...inline, ...managed].flatMap(({ policy }) => JSON.parse(policy).Statement);
}

/** Whom it trusts. */
export function trustOf(synthesised: Synthesised, workflow: Workflow): Arguments {
  const role = all(synthesised, 'iam_role').find(({ name }) => name === ACCOUNT_NAMES.role(workflow));
  return JSON.parse(role?.assume_role_policy).Statement[0];
}
