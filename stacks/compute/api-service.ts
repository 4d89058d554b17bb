import { EcsService } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { SERVICES } from '../../shared/contracts/services.ts';
import type { Cdn } from '../edge/cdn.ts';
import type { LoadBalancer } from '../edge/load-balancer.ts';
import type { ApiService, EnvironmentSettings } from '../environments/settings.ts';
import { allow, allowAwsApis, createSecurityGroup, type Network } from '../network/network.ts';
import type { Cluster } from './cluster.ts';
import { createRequestScaling } from './request-scaling.ts';
import { rollingDeployment } from './rolling-deployment.ts';
import { createTaskDefinition, type TaskDefinition } from './task-definition.ts';

export interface ApiServiceProps {
  service: ApiService;
  deployment: Deployment;
  settings: EnvironmentSettings;
  network: Network;
  cluster: Cluster;
  loadBalancer: LoadBalancer;
  /** `FARGATE`, or the capacity provider of the service's own fleet. */
  capacityProvider: string;
  /** The cluster's list of capacity providers, which must exist before the service and be removed after it. */
  capacity: ITerraformDependable;
  cdn?: Cdn | undefined;
  /** Alarms that stop a deployment and roll it back. */
  deploymentAlarms?: readonly string[] | undefined;
}

export interface RunningService {
  serviceName: string;
  logGroupName: string;
}

/** The time before failed health checks of a new task count. Node starts in seconds, but a fresh instance must pull the image first. */
const HEALTH_GRACE_SECONDS = 60;

/** A service of the API: tasks behind a target group, spread over the zones, and scaled by requests and CPU. */
export function createApiService(scope: Construct, props: ApiServiceProps): RunningService {
  const { service, deployment, settings, network, loadBalancer, cluster } = props;
  const own = new Construct(scope, service);
  const { capacity, ...scaling } = settings.services[service];
  const task = createTaskDefinition(own, {
    service,
    deployment,
    settings,
    size: capacity,
    launch: capacity.kind === 'ec2' ? 'EC2' : 'FARGATE',
    networkMode: 'awsvpc',
    cdn: props.cdn,
  });
  const securityGroupId = createSecurityGroup(own, 'tasks', {
    network,
    name: namesOf(deployment).service(service),
    description: `Tasks of ${service}: reached by the load balancer only`,
  });
  allowAwsApis(own, 'tasks', { network, securityGroupId });
  allow(own, 'requests', {
    from: { securityGroupId: loadBalancer.securityGroupId },
    to: { securityGroupId },
    port: SERVICES[service].port,
    description: `Requests of the load balancer to ${service}`,
  });
  const ecsService = createEcsService(own, props, { task, securityGroupId });
  createRequestScaling(own, {
    cluster,
    service: ecsService,
    settings: scaling,
    resourceLabel: `${loadBalancer.arnSuffix}/${loadBalancer.targetGroups[service].arnSuffix}`,
  });
  return { serviceName: ecsService.name, logGroupName: task.logGroupName };
}

interface ServiceParts {
  task: TaskDefinition;
  securityGroupId: string;
}

function createEcsService(own: Construct, props: ApiServiceProps, { task, securityGroupId }: ServiceParts): EcsService {
  const { service, deployment, settings, network, cluster, loadBalancer, capacityProvider } = props;
  const { capacity, minTasks } = settings.services[service];
  const targetGroup = loadBalancer.targetGroups[service];
  return new EcsService(own, 'service', {
    name: namesOf(deployment).service(service),
    cluster: cluster.arn,
    taskDefinition: task.arn,
    desiredCount: minTasks,
    ...rollingDeployment({ minimumHealthyPercent: 100, capacityProvider, alarms: props.deploymentAlarms }),
    availabilityZoneRebalancing: 'ENABLED',
    ...(capacity.kind === 'ec2' && {
      orderedPlacementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
    }),
    networkConfiguration: {
      subnets: network.privateSubnetIds,
      securityGroups: [securityGroupId],
      assignPublicIp: false,
    },
    loadBalancer: [{ targetGroupArn: targetGroup.arn, containerName: service, containerPort: SERVICES[service].port }],
    healthCheckGracePeriodSeconds: HEALTH_GRACE_SECONDS,
    // ECS refuses a target group without a rule, because it has no load balancer (terraform #12634, #16284).
    dependsOn: [props.capacity, ...targetGroup.rules, ...task.dependencies],
  });
}
