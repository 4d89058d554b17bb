import { text } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { actionsMeant, needsEverything } from './iam-facts.ts';
import { policiesOf, readPolicy, type Statement, trustOf } from './policy-document.ts';

const POLICIES = ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_role'];
const ROLE = ['aws_iam_role'];

/** Characters that IAM takes of a policy, white space apart: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const POLICY_CHARACTERS: Record<string, number> = { aws_iam_policy: 6144, aws_iam_role_policy: 10_240 };

/** `*`, or all that a service has: `arn:aws:s3:::*`. */
const isEverything = (resource: string): boolean => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource);

/** Services that act in nobody else's name when they take a role. */
const WITHOUT_DEPUTY = ['ec2.amazonaws.com'];

const allowed = (resource: Resource, { inventory }: CheckContext): Statement[] =>
  policiesOf(resource).flatMap(([, policy]) => readPolicy(policy, inventory)?.filter(({ allows }) => allows) ?? []);

const trusted = (role: Resource, { inventory }: CheckContext): Statement[] => trustOf(role, inventory);

const federated = (role: Resource, context: CheckContext): Statement[] =>
  trusted(role, context).filter(({ principals }) => principals.some(({ type }) => type === 'Federated'));

/** The subjects that a trust in an OIDC provider asks for. */
const subjectsOf = ({ conditions }: Statement): string[] | undefined => {
  const asking = conditions.filter(
    ({ key, operator }) => key.endsWith(':sub') && /^String(Equals|Like)/.test(operator),
  );
  return asking.length > 0 ? asking.flatMap(({ values }) => values) : undefined;
};

/** Who may do what. */
export const IDENTITY_CHECKS: Check[] = [
  {
    id: 'IMG-IAM-001',
    of: POLICIES,
    reason: 'A wildcard allows what AWS adds next year, and what nobody has thought of.',
    remedy: 'list the actions; those of the services in stacks/access/service-permissions.ts.',
    find: (resource, context) =>
      allowed(resource, context)
        .flatMap(({ actions }) => actions)
        .filter((action) => action === '*' || action.endsWith(':*'))
        .map((action) => `it allows ${action}`),
  },
  {
    id: 'IMG-IAM-002',
    of: POLICIES,
    reason: 'It reaches what belongs to others in the account.',
    remedy: 'name the resource; arnsOf() of shared/contracts/names.ts writes its ARN.',
    find: (resource, context) =>
      allowed(resource, context)
        .filter(({ resources }) => resources.some(isEverything))
        .map(({ actions }) => actions.filter((entry) => !actionsMeant(entry).every(needsEverything)))
        .filter((actions) => actions.length > 0)
        .map((actions) => `it allows ${actions.slice(0, 3).join(', ')} on every resource`),
  },
  {
    id: 'IMG-IAM-003',
    of: ROLE,
    reason:
      'A service of AWS acts for everybody: without a condition another account could have it use this role (the confused deputy).',
    remedy: 'add a condition on aws:SourceAccount, and on aws:SourceArn where it is known.',
    find: (role, context) =>
      trusted(role, context)
        .filter(({ conditions }) => !conditions.some(({ key }) => /^aws:Source(Account|Arn|OrgID)$/i.test(key)))
        .flatMap(({ principals }) =>
          principals.filter(({ type }) => type === 'Service').flatMap(({ identifiers }) => identifiers),
        )
        .filter((service) => !WITHOUT_DEPUTY.includes(service))
        .map((service) => `${service} may take it for anybody`),
  },
  {
    id: 'IMG-IAM-004',
    of: ROLE,
    reason: 'Any workflow of any repository could take the role.',
    remedy: 'ask for aud and for sub with owner, repository and environment by StringEquals, and without ForAllValues.',
    find: (role, context) =>
      federated(role, context).flatMap((statement) => {
        const subjects = subjectsOf(statement);
        const loose = statement.conditions.filter(({ operator }) => operator.startsWith('ForAllValues:'));
        return [
          ...(subjects === undefined ? ['it does not ask for a subject'] : []),
          ...(subjects ?? []).filter((sub) => /[*?]/.test(sub)).map((sub) => `it trusts ${sub}`),
          ...(statement.conditions.some(({ key }) => key.endsWith(':aud')) ? [] : ['it does not ask for an audience']),
          ...loose.map(({ key, operator }) => `${operator} of ${key} is true where the key is missing`),
        ];
      }),
  },
  {
    id: 'IMG-IAM-005',
    of: ['aws_iam_role_policy_attachment', 'aws_iam_role'],
    reason: 'It may do far more than the service does.',
    remedy: 'write a policy of the actions that are called.',
    find: ({ values }) =>
      [values.policy_arn, values.managed_policy_arns]
        .flat()
        .map(text)
        .filter((arn) => /:aws:policy\/.*(AdministratorAccess|PowerUserAccess|FullAccess)$/.test(arn))
        .map((arn) => `it has ${arn}`),
  },
  {
    id: 'IMG-IAM-006',
    of: POLICIES,
    reason: 'Whoever may pass any role has all of them.',
    remedy: 'name the roles, and ask for iam:PassedToService.',
    find: (resource, context) =>
      allowed(resource, context)
        .filter(({ actions }) => actions.includes('iam:PassRole'))
        .filter(
          ({ resources, conditions }) =>
            resources.includes('*') || !conditions.some(({ key }) => key === 'iam:PassedToService'),
        )
        .map(() => 'it passes roles to whatever service'),
  },
  {
    id: 'IMG-IAM-007',
    of: [...POLICIES, 'aws_s3_bucket_policy', 'aws_sqs_queue_policy'],
    reason: 'Nothing can be checked of what cannot be read.',
    remedy: 'write policies by policyDocument() or aws_iam_policy_document.',
    find: (resource, { inventory }) =>
      policiesOf(resource)
        .filter(([, policy]) => policy !== undefined && readPolicy(policy, inventory) === undefined)
        .map(([argument]) => `${argument} is known only when it is applied`),
  },
  {
    id: 'IMG-IAM-008',
    of: ['aws_iam_access_key', 'aws_iam_user'],
    reason: 'Keys do not expire, and end in the state and on laptops.',
    remedy: 'use roles: of tasks, or by OIDC.',
    find: ({ type }) => `it is of type ${type}`,
  },
  {
    id: 'IMG-IAM-009',
    of: ROLE,
    reason:
      'Roles here are for services of AWS and for workflows; whoever else takes one stays in when the rest is closed.',
    remedy: 'trust a service of AWS, or workflows by OIDC.',
    find: (role, context) =>
      trusted(role, context)
        .flatMap(({ principals }) => principals)
        .filter(({ type }) => type === 'AWS' || type === '*')
        .map(({ identifiers }) => `it trusts ${identifiers.join(', ')}`),
  },
  {
    id: 'IMG-IAM-014',
    of: Object.keys(POLICY_CHARACTERS),
    reason: 'IAM refuses it when it is applied; plan does not count.',
    remedy: 'part the policy in two, or name resources by one pattern where that allows nothing more.',
    find({ type, values }) {
      const [length, limit = 0] = [text(values.policy).replace(/\s/g, '').length, POLICY_CHARACTERS[type]];
      return length > limit && `it has ${length} characters of ${limit}`;
    },
  },
];
