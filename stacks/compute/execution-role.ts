import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { Construct } from 'constructs';
import { accountNames, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { policyDocument, type Statement } from '../access/policy-document.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { containerSecrets } from './container-environment.ts';
import type { Role } from './task-role.ts';
import { tasksTrust } from './tasks-trust.ts';

interface ExecutionRoleProps {
  service: ServiceName;
  deployment: Deployment;
  settings: EnvironmentSettings;
}

/**
 * The role that the ECS agent uses to start a task: it pulls the service's image, creates a log stream, and reads the service's secrets.
 * Parameters encrypted with the key `aws/ssm` need no KMS permission, because that key's policy allows requests through SSM.
 */
export function createExecutionRole(scope: Construct, props: ExecutionRoleProps): Role {
  const { service, deployment } = props;
  const role = new IamRole(scope, 'execution-role', {
    name: `${namesOf(deployment).service(service)}-execution`,
    description: `What the ECS agent may do to start a task of ${service}`,
    assumeRolePolicy: tasksTrust(deployment),
  });
  const policy = new IamRolePolicy(scope, 'execution-role-policy', {
    name: 'start-tasks',
    role: role.name,
    policy: policyDocument(...statementsFor(props)),
  });
  return { arn: role.arn, policy };
}

function statementsFor({ service, deployment, settings }: ExecutionRoleProps): Statement[] {
  const { accountId, region } = deployment;
  const repository = `arn:aws:ecr:${region}:${accountId}:repository/${accountNames(deployment).repository(service)}`;
  const logGroup = `arn:aws:logs:${region}:${accountId}:log-group:${namesOf(deployment).logGroup(service)}`;
  const secrets = Object.values(containerSecrets(service, deployment, settings));
  const allow = (Action: string[], Resource: string[]): Statement => ({ Effect: 'Allow', Action, Resource });
  return [
    // An authorization token is for the whole registry; ECR supports no resource for this action.
    allow(['ecr:GetAuthorizationToken'], ['*']),
    allow(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [repository]),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [`${logGroup}:*`]),
    ...(secrets.length > 0 ? [allow(['ssm:GetParameters'], secrets)] : []),
  ];
}
