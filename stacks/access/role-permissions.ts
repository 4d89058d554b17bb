import { accountNames, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { boundaryArn } from './permissions-boundary.ts';
import { allow, type Statement } from './policy-document.ts';

/** The AWS services to which an environment's roles may be passed. */
const PASSED_TO_SERVICES = [
  'backup.amazonaws.com',
  'ec2.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'events.amazonaws.com',
  's3.amazonaws.com',
  'states.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
];

/** AWS services that create a service-linked role when an account uses them for the first time. */
const LINKED_ROLE_SERVICES = [
  'autoscaling.amazonaws.com',
  'ecs.amazonaws.com',
  'ecs.application-autoscaling.amazonaws.com',
  'elasticloadbalancing.amazonaws.com',
  'spot.amazonaws.com',
  'vpcorigin.cloudfront.amazonaws.com',
  'wafv2.amazonaws.com',
];

/** The permissions of an apply on roles: it may create its environment's roles within the boundary, and may touch no workflow role, even its own. */
export function roleStatements(deployment: Deployment): Statement[] {
  const iam = (resource: string) => `arn:aws:iam::${deployment.accountId}:${resource}`;
  const { prefix } = namesOf(deployment);
  const roles = iam(`role/${prefix}-*`);
  const boundary = boundaryArn(deployment);
  const boundaries = boundaryArn({ ...deployment, environment: '*' });
  return [
    allow(['iam:CreateRole', 'iam:DeleteRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'], roles, {
      StringEquals: { 'iam:PermissionsBoundary': boundary },
    }),
    allow(
      [
        'iam:DeleteRole',
        'iam:TagRole',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ],
      roles,
    ),
    allow(
      [
        'iam:AddRoleToInstanceProfile',
        'iam:CreateInstanceProfile',
        'iam:DeleteInstanceProfile',
        'iam:RemoveRoleFromInstanceProfile',
        'iam:TagInstanceProfile',
        'iam:UntagInstanceProfile',
      ],
      iam(`instance-profile/${prefix}-*`),
    ),
    allow('iam:PassRole', roles, { StringEquals: { 'iam:PassedToService': PASSED_TO_SERVICES } }),
    allow('iam:CreateServiceLinkedRole', iam('role/aws-service-role/*'), {
      StringEquals: { 'iam:AWSServiceName': LINKED_ROLE_SERVICES },
    }),
    { Effect: 'Deny', Action: 'iam:*', Resource: [iam(`role/${accountNames(deployment).workflowRoles}`), boundaries] },
  ];
}
