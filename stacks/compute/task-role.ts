import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { switchStaysReadOnly } from '../access/economy-permissions.ts';
import { policyDocument, type Statement } from '../access/policy-document.ts';
import type { Permission } from '../access/service-permissions.ts';
import { tasksTrust } from './tasks-trust.ts';

interface TaskRoleProps {
  service: ServiceName;
  permissions: readonly Permission[];
  deployment: Deployment;
  /** Undefined without a CDN. */
  distributionArn?: string | undefined;
}

export interface Role {
  arn: string;
  /** A role exists before it has its permissions, so whatever uses the role must wait for this. */
  policy: ITerraformDependable;
}

/** The role of a service's own code, with the permissions of the table and no others, and without any to switch economy mode. */
export function createTaskRole(scope: Construct, props: TaskRoleProps): Role {
  const { service, permissions, deployment, distributionArn } = props;
  const role = new IamRole(scope, 'task-role', {
    name: namesOf(deployment).service(service),
    description: `What ${service} itself may do`,
    assumeRolePolicy: tasksTrust(deployment),
  });
  const policy = new IamRolePolicy(scope, 'task-role-policy', {
    name: 'permissions',
    role: role.name,
    policy: policyDocument(
      ...permissions.flatMap((permission) => statementsFor(permission, deployment, distributionArn)),
      switchStaysReadOnly(arnsOf(deployment).table),
    ),
  });
  return { arn: role.arn, policy };
}

function statementsFor(
  permission: Permission,
  deployment: Deployment,
  distributionArn: string | undefined,
): Statement[] {
  const resource = permission.on === 'distribution' ? distributionArn : arnOf(permission, deployment);
  if (resource === undefined) return [];
  return [{ Effect: 'Allow', Action: permission.actions, Resource: [resource] }];
}

function arnOf(permission: Exclude<Permission, { on: 'distribution' }>, deployment: Deployment): string {
  const arns = arnsOf(deployment);
  switch (permission.on) {
    case 'table-indexes':
      return `${arns.table}/index/*`;
    case 'objects':
      return `${arns.bucket}/${permission.prefix}*`;
    default:
      return arns[permission.on];
  }
}
