import { accountNames, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { boundaryArn } from './permissions-boundary.ts';
import { allow, type Statement } from './policy-document.ts';

/** To whom roles of environments may be given. */
const TAKERS = [
  'backup.amazonaws.com',
  'ec2.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  's3.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
];

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

/** What an apply may do with roles: make those of its environment, within the boundary; nothing to those of workflows, its own among them. */
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
    allow('iam:PassRole', roles, { StringEquals: { 'iam:PassedToService': TAKERS } }),
    allow('iam:CreateServiceLinkedRole', iam('role/aws-service-role/*'), {
      StringEquals: { 'iam:AWSServiceName': LINKED },
    }),
    { Effect: 'Deny', Action: 'iam:*', Resource: [iam(`role/${accountNames(deployment).workflowRoles}`), boundaries] },
  ];
}
