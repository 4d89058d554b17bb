import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { actionsMatching } from './iam-actions.ts';
import { type Statement, statementsOf, trustStatementsOf } from './policy-statements.ts';

const ROLE = ['aws_iam_role'];

/** Services that never assume a role on behalf of another account, so that there is no confused deputy. */
const WITHOUT_DEPUTY = ['ec2.amazonaws.com'];

const trusted = (role: Resource, { inventory }: CheckContext): Statement[] => trustStatementsOf(role, inventory);

const federated = (role: Resource, context: CheckContext): Statement[] =>
  trusted(role, context).filter(({ principals }) => principals.some(({ type }) => type === 'Federated'));

/** The subjects that a trust in an OIDC provider requires; undefined if it requires none. */
const subjectsOf = ({ conditions }: Statement): string[] | undefined => {
  const asking = conditions.filter(
    ({ key, operator }) => key.endsWith(':sub') && /^String(Equals|Like)/.test(operator),
  );
  return asking.length > 0 ? asking.flatMap(({ values }) => values) : undefined;
};

/** Whether jobs of pull requests, which nobody has reviewed, may assume a role. */
const isForPullRequests = (role: Resource, { inventory }: CheckContext): boolean =>
  trustStatementsOf(role, inventory).some(({ conditions }) =>
    conditions.some(({ key, values }) => key.endsWith(':sub') && values.some((sub) => /:(pull_request|\*)$/.test(sub))),
  );

/** The inline and attached policies of a role, as far as they are in its stack. */
function policiesOfRole(role: Resource, { inventory }: CheckContext): Resource[] {
  const attachments = inventory.pointingAt(role, 'aws_iam_role_policy_attachment', 'role', 'name');
  const attached = attachments.map(({ values }) => inventory.named('aws_iam_policy', values.policy_arn, 'arn'));
  const own = inventory.pointingAt(role, 'aws_iam_role_policy', 'role', 'name');
  return [role, ...own, ...attached.filter((policy) => policy !== undefined)];
}

/** Who may assume roles, and what jobs of pull requests may do with theirs. */
export const TRUST_CHECKS: Check[] = [
  {
    id: 'IMG-IAM-003',
    of: ROLE,
    reason:
      'AWS services act for all accounts: without a condition, another account could make the service use this role (the confused deputy).',
    remedy: 'add a condition on aws:SourceAccount, and on aws:SourceArn where it is known.',
    find: (role, context) =>
      trusted(role, context)
        .filter(({ conditions }) => !conditions.some(({ key }) => /^aws:Source(Account|Arn|OrgID)$/i.test(key)))
        .flatMap(({ principals }) =>
          principals.filter(({ type }) => type === 'Service').flatMap(({ identifiers }) => identifiers),
        )
        .filter((service) => !WITHOUT_DEPUTY.includes(service))
        .map((service) => `${service} may assume it for any account`),
  },
  {
    id: 'IMG-IAM-004',
    of: ROLE,
    reason: 'Any workflow of any repository could assume the role.',
    remedy: 'require aud, and sub with owner, repository and environment, by StringEquals without ForAllValues.',
    find: (role, context) =>
      federated(role, context).flatMap((statement) => {
        const subjects = subjectsOf(statement);
        const loose = statement.conditions.filter(({ operator }) => operator.startsWith('ForAllValues:'));
        return [
          ...(subjects === undefined ? ['it requires no subject'] : []),
          ...(subjects ?? []).filter((sub) => /[*?]/.test(sub)).map((sub) => `it trusts ${sub}`),
          ...(statement.conditions.some(({ key }) => key.endsWith(':aud')) ? [] : ['it requires no audience']),
          ...loose.map(({ key, operator }) => `${operator} of ${key} is true where the key is missing`),
        ];
      }),
  },
  {
    id: 'IMG-IAM-009',
    of: ROLE,
    reason:
      'Roles are for AWS services and for workflows; another account or user keeps its access when all others have lost theirs.',
    remedy: 'trust an AWS service, or workflows by OIDC.',
    find: (role, context) =>
      trusted(role, context)
        .flatMap(({ principals }) => principals)
        .filter(({ type }) => type === 'AWS' || type === '*')
        .map(({ identifiers }) => `it trusts ${identifiers.join(', ')}`),
  },
  {
    id: 'IMG-IAM-013',
    of: ROLE,
    reason: 'The author of a pull request decides what its jobs do, before anybody has reviewed it.',
    remedy: 'allow jobs of pull requests only to read, and tie changes to a branch or to an environment of GitHub.',
    find: (role, context) =>
      isForPullRequests(role, context) &&
      policiesOfRole(role, context)
        .flatMap((policy) => statementsOf(policy, context.inventory))
        .filter(({ allows }) => allows)
        .flatMap(({ actions }) => actions.flatMap(actionsMatching))
        .filter(({ reads }) => !reads)
        .map(({ action }) => `jobs of pull requests may do ${action}`),
  },
];
