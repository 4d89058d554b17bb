import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target/index.js';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service/index.js';
import type { Construct } from 'constructs';
import type { Cluster } from './cluster.ts';

interface ScalableTargetProps {
  cluster: Cluster;
  service: EcsService;
  settings: { minTasks: number; maxTasks: number };
}

/** The properties by which a scaling policy names its target. */
export interface ScalableTarget {
  resourceId: string;
  scalableDimension: string;
  serviceNamespace: string;
}

/** Registers the number of a service's tasks as a scalable target. */
export function createScalableTarget(scope: Construct, props: ScalableTargetProps): ScalableTarget {
  const { cluster, service, settings } = props;
  const target = new AppautoscalingTarget(scope, 'scaling', {
    serviceNamespace: 'ecs',
    resourceId: `service/${cluster.name}/${service.name}`,
    scalableDimension: 'ecs:service:DesiredCount',
    minCapacity: settings.minTasks,
    maxCapacity: settings.maxTasks,
  });
  const { resourceId, scalableDimension, serviceNamespace } = target;
  return { resourceId, scalableDimension, serviceNamespace };
}
