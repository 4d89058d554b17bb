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
  /** Of the workers' fleet. */
  capacityProvider: string;
  /** The cluster's list of capacity providers, which must be there before and go after. */
  capacity: ITerraformDependable;
  deploymentAlarms?: readonly string[] | undefined;
}

/**
 * The workers: tasks that read the queue, as many as keep its backlog below so many seconds. Nobody calls them, so they have their
 * instance's network: no interface to wait for when spot capacity comes and goes, and no limit of two or three tasks an instance.
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
    // The queue waits, so half of them may go first. Tasks are protected while they hold a message, so the new ones come beside the old.
    ...rollingDeployment({ minimumHealthyPercent: 50, capacityProvider, alarms: deploymentAlarms }),
    // Full instances, so that others become empty and go. It rules out rebalancing by zone, which the auto scaling group does anyway.
    orderedPlacementStrategy: [{ type: 'binpack', field: 'memory' }],
    availabilityZoneRebalancing: 'DISABLED',
    dependsOn: [props.capacity, ...task.dependencies],
  });
  createBacklogScaling(own, { deployment, cluster, service, settings: workers });
  return { serviceName: service.name, logGroupName: task.logGroupName };
}
