import { type Argument, argumentCheck, isPresent } from '../argument-check.ts';
import { text } from '../blocks.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { actionsMatching, needsWildcardResource } from './iam-actions.ts';
import { policiesOf, readPolicy, type Statement, statementsOf } from './policy-statements.ts';

const POLICIES = ['aws_iam_policy', 'aws_iam_role_policy', 'aws_iam_role'];

/** The most characters that IAM accepts in a policy, not counting white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const POLICY_CHARACTERS: Record<string, number> = { aws_iam_policy: 6144, aws_iam_role_policy: 10_240 };

/** Whether a pattern matches everything, as `*`, or all resources of a service, as `arn:aws:s3:::*`. */
const isEveryResource = (resource: string): boolean => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource);

const allowed = (resource: Resource, { inventory }: CheckContext): Statement[] =>
  statementsOf(resource, inventory).filter(({ allows }) => allows);

const BOUNDARY: Argument = {
  id: 'IMG-IAM-101',
  of: 'aws_iam_role',
  argument: 'permissions_boundary',
  must: isPresent('the boundary of the account, as BoundaryAspect does'),
  where: (_, { settings }) => settings !== undefined,
  reason: 'The apply role may not create roles without the account’s permissions boundary, so the apply would fail.',
};

/** What policies allow. trust-checks.ts examines who may assume a role. */
export const LEAST_PRIVILEGE_CHECKS: Check[] = [
  argumentCheck(BOUNDARY),
  {
    id: 'IMG-IAM-001',
    of: POLICIES,
    reason: 'A wildcard also allows actions that nobody has thought of, and those that AWS adds later.',
    remedy: 'list the actions; those of services are in stacks/access/service-permissions.ts.',
    find: (resource, context) =>
      allowed(resource, context)
        .flatMap(({ actions }) => actions)
        .filter((action) => action === '*' || action.endsWith(':*'))
        .map((action) => `it allows ${action}`),
  },
  {
    id: 'IMG-IAM-002',
    of: POLICIES,
    reason: 'It gives access to resources of others in the account.',
    remedy: 'name the resource; arnsOf() of shared/contracts/names.ts builds its ARN.',
    find: (resource, context) =>
      allowed(resource, context)
        .filter(({ resources }) => resources.some(isEveryResource))
        .map(({ actions }) => actions.filter((entry) => !actionsMatching(entry).every(needsWildcardResource)))
        .filter((actions) => actions.length > 0)
        .map((actions) => `it allows ${actions.slice(0, 3).join(', ')} on every resource`),
  },
  {
    id: 'IMG-IAM-005',
    of: ['aws_iam_role_policy_attachment', 'aws_iam_role'],
    reason: 'It allows far more than the service needs.',
    remedy: 'write a policy with the actions that the service calls.',
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
    reason: 'Permission to pass any role gives the permissions of every role.',
    remedy: 'name the roles, and add a condition on iam:PassedToService.',
    find: (resource, context) =>
      allowed(resource, context)
        .filter(({ actions }) => actions.includes('iam:PassRole'))
        .filter(
          ({ resources, conditions }) =>
            resources.includes('*') || !conditions.some(({ key }) => key === 'iam:PassedToService'),
        )
        .map(() => 'it may pass any role, or pass roles to any service'),
  },
  {
    id: 'IMG-IAM-007',
    of: [...POLICIES, 'aws_s3_bucket_policy', 'aws_sqs_queue_policy'],
    reason: 'A policy that is unknown at synth cannot be checked.',
    remedy: 'write policies by policyDocument() or aws_iam_policy_document.',
    find: (resource, { inventory }) =>
      policiesOf(resource)
        .filter(([, policy]) => policy !== undefined && readPolicy(policy, inventory) === undefined)
        .map(([argument]) => `${argument} is known only when it is applied`),
  },
  {
    id: 'IMG-IAM-008',
    of: ['aws_iam_access_key', 'aws_iam_user'],
    reason: 'Access keys do not expire, and end up in the state and on laptops.',
    remedy: 'use the roles of tasks, or roles by OIDC.',
    find: ({ type }) => `it is of type ${type}`,
  },
  {
    id: 'IMG-IAM-014',
    of: Object.keys(POLICY_CHARACTERS),
    reason: 'IAM refuses the policy when it is applied; plan does not check the length.',
    remedy: 'split the policy in two, or replace several resources by one pattern if that allows nothing more.',
    find({ type, values }) {
      const [length, limit = 0] = [text(values.policy).replace(/\s/g, '').length, POLICY_CHARACTERS[type]];
      return length > limit && `it has ${length} characters, and IAM accepts ${limit}`;
    },
  },
];
