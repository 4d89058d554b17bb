import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { IAspect } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { APP, accountNames } from '../../shared/contracts/naming.ts';
import { PERMISSIONS, type Permission, type Resource } from '../../shared/contracts/permissions.ts';
import type { Account } from './account.ts';
import { policyDocument, type Statement } from './policy-document.ts';

export const boundaryArn = (account: Account): string =>
  `arn:aws:iam::${account.accountId}:policy/${accountNames(account).boundary}`;

/**
 * Who may create roles may give them anything, and so has everything. This is what the roles of all environments may do at most, whatever
 * is attached to them, and the role of `apply` can create no others.
 */
export function createPermissionsBoundary(scope: Construct, account: Account): void {
  new IamPolicy(scope, 'permissions-boundary', {
    name: accountNames(account).boundary,
    description: `The most that a role of an environment of ${APP} may do`,
    policy: policyDocument(...boundaryStatements(account)),
  });
}

/** Puts the boundary on every role of a stack. */
export class BoundaryAspect implements IAspect {
  readonly #arn: string;

  constructor(account: Account) {
    this.#arn = boundaryArn(account);
  }

  visit(node: IConstruct): void {
    if (node instanceof IamRole) node.permissionsBoundary = this.#arn;
  }
}

const allow = (Action: readonly string[], ...Resource: string[]): Statement => ({ Effect: 'Allow', Action, Resource });

const actionsOn = (...kinds: Resource['on'][]): string[] => {
  const permissions: Permission[] = Object.values(PERMISSIONS).flat();
  return [...new Set(permissions.filter(({ on }) => kinds.includes(on)).flatMap(({ actions }) => actions))].sort();
};

/** What services, the ECS agent and flow logs need, in whatever environment. */
function boundaryStatements({ accountId, region }: Account): Statement[] {
  const regional = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const images = `arn:aws:s3:::${APP}-*-images-${accountId}`;
  const table = regional('dynamodb', `table/${APP}-*`);
  const logs = regional('logs', `log-group:/${APP}/*`);
  return [
    allow(actionsOn('bucket', 'objects'), images, `${images}/*`),
    allow(actionsOn('table', 'table-indexes'), table),
    allow(actionsOn('queue'), regional('sqs', `${APP}-*`)),
    allow(actionsOn('tasks'), regional('ecs', `task/${APP}-*`)),
    allow(actionsOn('distribution'), `arn:aws:cloudfront::${accountId}:distribution/*`),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      regional('ecr', `repository/${APP}/*`),
    ),
    allow(['logs:CreateLogStream', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], logs),
    allow(['ssm:GetParameters'], regional('ssm', `parameter/${APP}/*`)),
    allow(
      [
        'ecs:DeregisterContainerInstance',
        'ecs:RegisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      regional('ecs', `cluster/${APP}-*`),
    ),
    allow(
      ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      regional('ecs', `container-instance/${APP}-*`),
    ),
    // These know no resource.
    allow(['ecr:GetAuthorizationToken', 'ecs:DiscoverPollEndpoint'], '*'),
  ];
}
