import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import type { IAspect } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { APP, accountNames, arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { backupStatements, replicationStatements } from './copy-permissions.ts';
import { economyStatements } from './economy-permissions.ts';
import { allow, policyDocument, type Statement } from './policy-document.ts';
import { type Permission, type Resource, SERVICE_PERMISSIONS } from './service-permissions.ts';

export const boundaryArn = (deployment: Deployment): string =>
  `arn:aws:iam::${deployment.accountId}:policy/${accountNames(deployment).boundary(deployment.environment)}`;

/**
 * Anybody who may create roles can give them any permission, and so has every permission. This boundary limits what the roles of an environment
 * can do, whatever is attached to them, and the role of its `apply` can create no roles without it. Otherwise a job of dev could make itself a
 * role with access to prod.
 */
export function createPermissionsBoundary(scope: Construct, deployment: Deployment): void {
  new IamPolicy(scope, `permissions-boundary-${deployment.environment}`, {
    name: accountNames(deployment).boundary(deployment.environment),
    description: `The most that a role of ${deployment.environment} of ${APP} may do`,
    policy: policyDocument(...boundaryStatements(deployment)),
  });
}

/** Sets the boundary on every role of a stack. */
export class BoundaryAspect implements IAspect {
  readonly #arn: string;

  constructor(deployment: Deployment) {
    this.#arn = boundaryArn(deployment);
  }

  visit(node: IConstruct): void {
    if (node instanceof IamRole) node.permissionsBoundary = this.#arn;
  }
}

const actionsOn = (...kinds: Resource['on'][]): string[] => {
  const permissions: Permission[] = Object.values(SERVICE_PERMISSIONS).flat();
  return [...new Set(permissions.filter(({ on }) => kinds.includes(on)).flatMap(({ actions }) => actions))].sort();
};

/** All that the services, the ECS agent and flow logs need. */
function boundaryStatements(deployment: Deployment): Statement[] {
  const { accountId, region } = deployment;
  const { cluster, logGroup } = namesOf(deployment);
  const arns = arnsOf(deployment);
  const { bucket, cluster: clusterArn, queue, parameter, table, tasks } = arns;
  const copyVault = arns.copyVault({ accountId: '*', region: '*' });
  return [
    allow(actionsOn('bucket', 'objects'), [bucket, `${bucket}/*`]),
    ...replicationStatements(bucket, arns.replicaBucket('*')),
    ...backupStatements({ table, vault: arns.backupVault, copyVault, regional: arns.regional }),
    allow(actionsOn('table', 'table-indexes'), [table, `${table}/index/*`]),
    allow(actionsOn('queue'), queue),
    allow(actionsOn('tasks'), tasks),
    allow(actionsOn('distribution'), `arn:aws:cloudfront::${accountId}:distribution/*`),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      `arn:aws:ecr:${region}:${accountId}:repository/${APP}/*`,
    ),
    allow(
      ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      `arn:aws:logs:${region}:${accountId}:log-group:${logGroup('*')}`,
    ),
    ...economyStatements(deployment),
    allow('ssm:GetParameters', parameter(`/${APP}/${deployment.environment}/*`)),
    allow(
      [
        'ecs:DeregisterContainerInstance',
        'ecs:RegisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      clusterArn,
    ),
    allow(
      ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      `arn:aws:ecs:${region}:${accountId}:container-instance/${cluster}/*`,
    ),
    // These actions support no resource.
    allow(['ecr:GetAuthorizationToken', 'ecs:DiscoverPollEndpoint', 'logs:DescribeLogGroups'], '*'),
  ];
}
