import { EcsService } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import type { RunningService } from './api-service.ts';
import { createBacklogScaling } from './backlog-scaling.ts';
import type { Cluster } from './cluster.ts';
import { rollingDeployment } from './rolling-deployment.ts';
import { createTaskDefinition } from './task-definition.ts';

interface WorkerServiceProps {
  deployment: Deployment;
  settings: EnvironmentSettings;
  cluster: Cluster;
  /** The capacity provider of the workers' fleet. */
  capacityProvider: string;
  /** The cluster's list of capacity providers, which must exist before the service and be removed after it. */
  capacity: ITerraformDependable;
  deploymentAlarms?: readonly string[] | undefined;
}

/**
 * The workers: tasks that read the queue, scaled to keep its backlog below a number of seconds. Nobody calls them, so they use their
 * instance's network: they wait for no interface when spot capacity comes and goes, and are not limited to two or three tasks per instance.
 */
export function createWorkerService(scope: Construct, props: WorkerServiceProps): RunningService {
  const { deployment, settings, cluster, capacityProvider, deploymentAlarms } = props;
  const { workers } = settings;
  const own = new Construct(scope, 'worker');
  const task = createTaskDefinition(own, {
    service: 'worker',
    deployment,
    settings,
    size: workers,
    launch: 'EC2',
    networkMode: 'bridge',
  });
  const service = new EcsService(own, 'service', {
    name: namesOf(deployment).service('worker'),
    cluster: cluster.arn,
    taskDefinition: task.arn,
    desiredCount: workers.minTasks,
    // Messages can wait in the queue, so half of the tasks may stop first. Tasks are protected while they hold a message, so new tasks start
    // beside them.
    ...rollingDeployment({ minimumHealthyPercent: 50, capacityProvider, alarms: deploymentAlarms }),
    // Packs instances full, so that others become empty and are removed. This excludes rebalancing by zone, which the auto scaling group does
    // anyway.
    orderedPlacementStrategy: [{ type: 'binpack', field: 'memory' }],
    availabilityZoneRebalancing: 'DISABLED',
    dependsOn: [props.capacity, ...task.dependencies],
  });
  createBacklogScaling(own, { deployment, cluster, service, settings: workers });
  return { serviceName: service.name, logGroupName: task.logGroupName };
}
