import { APP, accountNames, WORKFLOW_PURPOSES } from '../../shared/contracts/naming.ts';
import type { Account } from './account.ts';
import { boundaryArn } from './permissions-boundary.ts';
import type { Statement } from './policy-document.ts';

/** To whom roles of environments may be given. */
const TAKERS = ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com', 'vpc-flow-logs.amazonaws.com'];

/** Services that make a role for themselves when an account uses them for the first time. */
const LINKED = [
  'autoscaling.amazonaws.com',
  'ecs.amazonaws.com',
  'ecs.application-autoscaling.amazonaws.com',
  'elasticloadbalancing.amazonaws.com',
  'spot.amazonaws.com',
  'vpcorigin.cloudfront.amazonaws.com',
  'wafv2.amazonaws.com',
];

/** What an apply may do with roles: make those of environments, within the boundary; nothing to those of workflows, its own among them. */
export function roleStatements(account: Account): Statement[] {
  const iam = (resource: string) => `arn:aws:iam::${account.accountId}:${resource}`;
  const roles = iam(`role/${APP}-*`);
  const workflowRoles = WORKFLOW_PURPOSES.map((purpose) => iam(`role/${accountNames(account).role(purpose)}`));
  const boundary = boundaryArn(account);
  return [
    {
      Effect: 'Allow',
      Action: ['iam:CreateRole', 'iam:DeleteRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      Resource: roles,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    {
      Effect: 'Allow',
      Action: ['iam:DeleteRole', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'],
      Resource: roles,
    },
    { Effect: 'Allow', Action: 'iam:*InstanceProfile', Resource: [iam(`instance-profile/${APP}-*`), roles] },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: roles,
      Condition: { StringEquals: { 'iam:PassedToService': TAKERS } },
    },
    {
      Effect: 'Allow',
      Action: 'iam:CreateServiceLinkedRole',
      Resource: iam('role/aws-service-role/*'),
      Condition: { StringEquals: { 'iam:AWSServiceName': LINKED } },
    },
    { Effect: 'Deny', Action: 'iam:*', Resource: [...workflowRoles, boundary] },
  ];
}
