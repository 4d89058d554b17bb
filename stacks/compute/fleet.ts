import {
  AutoscalingGroup,
  type AutoscalingGroupMixedInstancesPolicyInstancesDistribution as InstancesDistribution,
  type AutoscalingGroupMixedInstancesPolicy as MixedInstancesPolicy,
} from '@cdktf/provider-aws/lib/autoscaling-group/index.js';
import { EcsCapacityProvider } from '@cdktf/provider-aws/lib/ecs-capacity-provider/index.js';
import type { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template/index.js';
import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { Architecture } from '../environments/settings.ts';
import type { Tags } from '../foundation/tags.ts';
import { allowAwsApis, createSecurityGroup, type Network } from '../network/network.ts';
import type { Cluster } from './cluster.ts';
import { createInstanceRole, type InstanceRole } from './instance-role.ts';
import { createLaunchTemplate } from './launch-template.ts';
import { managedScalingOf, WARMUP_SECONDS } from './managed-scaling.ts';

/** The share of instances bought on demand; the rest is spot. */
interface Purchase {
  onDemandBase: number;
  onDemandPercent: number;
}

export interface FleetProps {
  service: ServiceName;
  deployment: Deployment;
  network: Network;
  cluster: Cluster;
  instanceTypes: readonly string[];
  architecture: Architecture;
  purchase: Purchase;
  minInstances: number;
  maxInstances: number;
  maxInstanceLifetimeDays: number;
  terminationProtection: boolean;
  /** The size of each root volume; gp3 costs $0.08 a GB and month while an instance runs. */
  volumeGib: number;
  tags: Tags;
}

export interface Fleet {
  capacityProvider: string;
  autoScalingGroupName: string;
}

const DAY_SECONDS = 24 * 60 * 60;

/** Instances of one service: a launch template, an auto scaling group, and the capacity provider by which ECS scales the group. */
export function createFleet(scope: Construct, props: FleetProps): Fleet {
  const { service, deployment, network, architecture, volumeGib, tags } = props;
  const names = namesOf(deployment);
  const name = names.service(service);
  const securityGroupId = createSecurityGroup(scope, 'instances', {
    network,
    name: `${name}-instances`,
    description: `Instances of ${service}: nothing comes in`,
  });
  const isIsolated = service === 'worker' && network.isolatedWorkers;
  allowAwsApis(scope, 'instances', { network, securityGroupId, isIsolated });
  const role = createInstanceRole(scope, { name, deployment });
  const { profileArn } = role;
  const template = { name, names, architecture, profileArn, securityGroupId, volumeGib, tags };
  const group = createGroup(scope, props, { name, role, template: createLaunchTemplate(scope, template) });
  const provider = new EcsCapacityProvider(scope, 'capacity-provider', {
    name,
    autoScalingGroupProvider: {
      autoScalingGroupArn: group.arn,
      // At scale-in, replacement, rebalancing and spot interruption, tasks get SIGTERM before their instance is terminated.
      managedDraining: 'ENABLED',
      managedTerminationProtection: props.terminationProtection ? 'ENABLED' : 'DISABLED',
      managedScaling: { status: 'ENABLED', targetCapacity: 100, ...managedScalingOf(props) },
    },
    // ECS deletes a capacity provider only after the cluster has stopped using it (provider #29152, #14393).
    lifecycle: { createBeforeDestroy: true },
  });
  return { capacityProvider: provider.name, autoScalingGroupName: group.name };
}

interface GroupParts {
  name: string;
  role: InstanceRole;
  template: LaunchTemplate;
}

function createGroup(scope: Construct, props: FleetProps, { name, role, template }: GroupParts): AutoscalingGroup {
  const { cluster, network, purchase, terminationProtection } = props;
  return new AutoscalingGroup(scope, 'group', {
    name,
    vpcZoneIdentifier: network.privateSubnetIds,
    minSize: props.minInstances,
    maxSize: props.maxInstances,
    // Managed scaling sets the number of instances, starting from none.
    lifecycle: { ignoreChanges: ['desired_capacity'] },
    waitForCapacityTimeout: '0',
    capacityRebalance: isSpot(purchase),
    protectFromScaleIn: terminationProtection,
    maxInstanceLifetime: props.maxInstanceLifetimeDays * DAY_SECONDS,
    defaultInstanceWarmup: WARMUP_SECONDS,
    // Otherwise a destroy would wait for the draining hook, an hour for each instance (provider #11409, #14393).
    forceDelete: true,
    mixedInstancesPolicy: instancesOf(props, template),
    // There is no instance refresh, because the provider would start one at every change of types or shares and stop half of the instances, even
    // when spot capacity is short. Changes arrive as instances are replaced.
    // These metrics are free; they show when a fleet is at its maximum.
    enabledMetrics: ['GroupDesiredCapacity', 'GroupInServiceInstances', 'GroupMaxSize', 'GroupPendingInstances'],
    // ECS adds the first tag itself; undeclared, every plan would remove it (provider #12582). TagAspect adds the others.
    tag: [
      { key: 'AmazonECSManaged', value: 'true', propagateAtLaunch: true },
      { key: 'Name', value: name, propagateAtLaunch: true },
    ],
    // Terraform destroys the group before the cluster, and before its role, which the agents need for draining.
    dependsOn: [role.policy, cluster.resource],
  });
}

const instancesOf = ({ purchase, instanceTypes }: FleetProps, template: LaunchTemplate): MixedInstancesPolicy => ({
  instancesDistribution: distribution(purchase),
  launchTemplate: {
    launchTemplateSpecification: {
      launchTemplateId: template.id,
      version: Token.asString(template.latestVersion),
    },
    // There are no weights, because ECS's capacity providers do not support them.
    override: instanceTypes.map((instanceType) => ({ instanceType })),
  },
});

const isSpot = ({ onDemandPercent }: Purchase): boolean => onDemandPercent < 100;

const distribution = (purchase: Purchase): InstancesDistribution => ({
  onDemandAllocationStrategy: 'lowest-price',
  onDemandBaseCapacity: purchase.onDemandBase,
  onDemandPercentageAboveBaseCapacity: purchase.onDemandPercent,
  // Takes the pools that are least likely to be interrupted, and the cheapest of those.
  ...(isSpot(purchase) && { spotAllocationStrategy: 'price-capacity-optimized' }),
});
