import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js';
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { accountNames, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { SERVICE_PERMISSIONS } from '../access/service-permissions.ts';
import type { Cdn } from '../edge/cdn.ts';
import type { Architecture, EnvironmentSettings } from '../environments/settings.ts';
import { containerDefinition } from './container-definition.ts';
import { WRITABLE_FOLDER } from './container-environment.ts';
import { createExecutionRole } from './execution-role.ts';
import type { TaskSize } from './instance-capacity.ts';
import { createTaskRole } from './task-role.ts';

interface TaskDefinitionProps {
  service: ServiceName;
  deployment: Deployment;
  settings: EnvironmentSettings;
  size: TaskSize & { architecture: Architecture };
  launch: 'FARGATE' | 'EC2';
  /**
   * With `awsvpc` a task has a network interface and security groups of its own. With `bridge` it uses those of its instance, which suits tasks
   * that nobody calls: they need not wait for an interface, nor run out of them (a c6i.xlarge has 4). The role's credentials and ECS_AGENT_URI
   * are available in both.
   */
  networkMode: 'awsvpc' | 'bridge';
  cdn?: Cdn | undefined;
}

export interface TaskDefinition {
  arn: string;
  logGroupName: string;
  /** Resources that must exist before a task starts. */
  dependencies: ITerraformDependable[];
}

const VOLUME = 'work';

/** A service's task definition with its roles and its log group, which is created here because one created by the agent would never expire. */
export function createTaskDefinition(scope: Construct, props: TaskDefinitionProps): TaskDefinition {
  const { service, deployment, settings, size, launch, networkMode, cdn } = props;
  const names = namesOf(deployment);
  const permissions = SERVICE_PERMISSIONS[service];
  const taskRole = createTaskRole(scope, { service, permissions, deployment, distributionArn: cdn?.arn });
  const executionRole = createExecutionRole(scope, { service, deployment, settings });
  const logGroup = new CloudwatchLogGroup(scope, 'log', {
    name: names.logGroup(service),
    retentionInDays: settings.observability.logDays,
  });
  const image = imageOf(scope, service, deployment);
  const volume = service === 'worker' ? { name: VOLUME, path: WRITABLE_FOLDER } : undefined;
  const container = {
    service,
    deployment,
    settings,
    size,
    image,
    networkMode,
    logGroupName: logGroup.name,
    volume,
    cdn,
  };
  const definition = new EcsTaskDefinition(scope, 'task', {
    family: names.service(service),
    containerDefinitions: JSON.stringify([containerDefinition(container)]),
    cpu: String(size.cpu),
    memory: String(size.memory),
    networkMode,
    requiresCompatibilities: [launch],
    runtimePlatform: {
      operatingSystemFamily: 'LINUX',
      cpuArchitecture: size.architecture === 'arm64' ? 'ARM64' : 'X86_64',
    },
    taskRoleArn: taskRole.arn,
    executionRoleArn: executionRole.arn,
    // Docker creates the volume for a task and removes it with the task, so no two workers share a folder and no image data stays behind.
    ...(volume && { volume: [{ name: VOLUME, dockerVolumeConfiguration: { scope: 'task', driver: 'local' } }] }),
    // Old revisions stay and cost nothing; a deployment cannot be rolled back to a deregistered one.
    skipDestroy: true,
  });
  return { arn: definition.arn, logGroupName: logGroup.name, dependencies: [taskRole.policy, executionRole.policy] };
}

/**
 * The image with the digest that CI has written to the parameter: `sha256:…`. The parameter must exist before the first plan. Writing another
 * digest and applying is a deployment; writing an older one rolls back.
 */
function imageOf(scope: Construct, service: ServiceName, deployment: Deployment): string {
  const { accountId, region } = deployment;
  const digest = new DataAwsSsmParameter(scope, 'image', { name: namesOf(deployment).imageParameter(service) });
  digest.lifecycle = {
    postcondition: [
      {
        // The value is inserted into the container definition, and anything but a digest could add to that.
        condition: `\${can(regex("^sha256:[0-9a-f]{64}$", self.insecure_value))}`,
        errorMessage: `${namesOf(deployment).imageParameter(service)} must be the digest of an image in the repository of ${service}: sha256: and 64 hex digits`,
      },
    ],
  };
  const repository = accountNames(deployment).repository(service);
  // A digest is no secret, and `value` instead of `insecure_value` would hide the whole container definition in every plan.
  return `${accountId}.dkr.ecr.${region}.amazonaws.com/${repository}@${digest.insecureValue}`;
}
