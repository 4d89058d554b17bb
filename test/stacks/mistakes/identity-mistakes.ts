import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { add, type Change, type Mistake, set, statement } from './mistake.ts';

const POLICY = 'worker/task-role-policy';
const ROLE = 'worker/task-role';
const permit = (members: object) => statement(POLICY, 'policy', 0, { ...members });

const ISSUER = 'token.actions.githubusercontent.com';
const audience = { [`${ISSUER}:aud`]: 'sts.amazonaws.com' };
/** Adds a role that workflows may assume. */
const workflow = (Condition: Record<string, Record<string, string>>): Change =>
  add(
    (stack) =>
      new IamRole(stack, 'workflow', {
        name: 'workflow',
        assumeRolePolicy: JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition,
            },
          ],
        }),
      }),
  );

const administrator: Change = add(
  (stack) =>
    new IamRolePolicyAttachment(stack, 'administrator', {
      role: 'image-service-prod-worker',
      policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
);

export const IDENTITY_MISTAKES: Mistake[] = [
  ['every action', 'IMG-IAM-001', permit({ Action: '*' })],
  ['every action of S3', 'IMG-IAM-001', permit({ Action: ['s3:*'] })],
  ['every action but one', 'IMG-IAM-001', permit({ Action: undefined, NotAction: 'iam:*' })],
  ['objects of every bucket in AWS', 'IMG-IAM-002', permit({ Resource: '*' })],
  ['every bucket', 'IMG-IAM-002', permit({ Resource: 'arn:aws:s3:::*' })],
  [
    'a role for another account',
    'IMG-IAM-009',
    statement(ROLE, 'assume_role_policy', 0, { Principal: { AWS: 'arn:aws:iam::222233334444:root' } }),
  ],
  [
    'a role for every job of a repository',
    'IMG-IAM-004',
    workflow({ StringEquals: audience, StringLike: { [`${ISSUER}:sub`]: 'repo:owner/name:*' } }),
  ],
  ['an alarm that tells nobody', 'IMG-OBS-001', set('alarms/worker/dead-letters', 'alarm_actions', undefined)],
  ['a role for every account through ECS', 'IMG-IAM-003', statement(ROLE, 'assume_role_policy', 0, { Condition: {} })],
  ['a role for every workflow', 'IMG-IAM-004', workflow({ StringEquals: audience })],
  [
    'a role for every repository of an owner',
    'IMG-IAM-004',
    workflow({ StringEquals: audience, StringLike: { [`${ISSUER}:sub`]: 'repo:owner/*' } }),
  ],
  [
    'a condition that a missing key meets',
    'IMG-IAM-004',
    workflow({
      StringEquals: { [`${ISSUER}:sub`]: 'repo:owner/name:environment:prod' },
      'ForAllValues:StringEquals': audience,
    }),
  ],
  ['a role with AdministratorAccess', 'IMG-IAM-005', administrator],
  ['permission to pass any role', 'IMG-IAM-006', permit({ Action: ['iam:PassRole'] })],
  ['a policy longer than IAM takes', 'IMG-IAM-014', permit({ Sid: 'x'.repeat(10_240) })],
  ['a policy that nobody can read', 'IMG-IAM-007', set(POLICY, 'policy', `\${file("policy.json")}`)],
  ['a role without tags', 'IMG-TAG-001', set(ROLE, 'tags', { Owner: 'x' })],
];
