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
  /** `FARGATE`, or that of the service's own fleet. */
  capacityProvider: string;
  /** The cluster's list of capacity providers, which must be there before and go after. */
  capacity: ITerraformDependable;
  cdn?: Cdn | undefined;
  /** Alarms that end a deployment and bring the last one back. */
  deploymentAlarms?: readonly string[] | undefined;
}

export interface RunningService {
  serviceName: string;
  logGroupName: string;
}

/** Until a new task is asked for its health: Node starts in seconds, but on a fresh instance after the image. */
const HEALTH_GRACE_SECONDS = 60;

/** A service of the API: tasks behind their target group, spread over the zones, as many as requests and CPU ask for. */
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
    // A target group without a rule has no load balancer, and ECS refuses it (terraform #12634, #16284).
    dependsOn: [props.capacity, ...targetGroup.rules, ...task.dependencies],
  });
}
