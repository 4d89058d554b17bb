import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster/index.js';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { ObservabilitySettings } from '../environments/settings.ts';

export interface Cluster {
  arn: string;
  name: string;
  /** Instances join the cluster by name, so whatever starts them must be created after it and removed before it. */
  resource: ITerraformDependable;
}

/** The ECS cluster of an environment. All services run in it, each on capacity of its own. */
export function createCluster(
  scope: Construct,
  { names, observability }: { names: Names; observability: ObservabilitySettings },
): Cluster {
  const cluster = new EcsCluster(scope, 'cluster', {
    name: names.cluster,
    // The workers' scaling needs the number of running tasks, which only Container Insights reports.
    setting: [{ name: 'containerInsights', value: observability.containerInsights }],
  });
  return { arn: cluster.arn, name: cluster.name, resource: cluster };
}

/**
 * Attaches all capacity providers to the cluster in one resource, because two of these resources would undo each other. Services depend on it, so
 * that Terraform destroys them before their instances; in the other order a destroy hangs (provider #11409, #18849).
 */
export const attachCapacity = (
  scope: Construct,
  cluster: Cluster,
  providers: readonly string[],
): ITerraformDependable =>
  new EcsClusterCapacityProviders(scope, 'capacity', {
    clusterName: cluster.name,
    capacityProviders: ['FARGATE', ...providers],
  });
