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

/** What may be bought on demand; the rest is spot. */
export interface Purchase {
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
  /** Root volumes, gp3 at $0.08 a GB-month while an instance runs. */
  volumeGib: number;
  tags: Tags;
}

export interface Fleet {
  capacityProvider: string;
  autoScalingGroupName: string;
}

const DAY_SECONDS = 24 * 60 * 60;
/** Boot, agent and image: what an instance takes until it counts. ECS's own 300 s would hold up every further step. */
const WARMUP_SECONDS = 60;

/** Instances of one service: a launch template, an auto scaling group and the capacity provider by which ECS fills and empties it. */
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
      // Scale-in, turnover, rebalancing and spot interruptions stop tasks by SIGTERM before the instance goes.
      managedDraining: 'ENABLED',
      managedTerminationProtection: props.terminationProtection ? 'ENABLED' : 'DISABLED',
      managedScaling: {
        status: 'ENABLED',
        targetCapacity: 100,
        instanceWarmupPeriod: WARMUP_SECONDS,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: Math.min(10, props.maxInstances),
      },
    },
    // Ended after the cluster has let go of it, as ECS demands (provider #29152, #14393).
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
    // Managed scaling sets how many there are, from none on.
    lifecycle: { ignoreChanges: ['desired_capacity'] },
    waitForCapacityTimeout: '0',
    capacityRebalance: isSpot(purchase),
    protectFromScaleIn: terminationProtection,
    maxInstanceLifetime: props.maxInstanceLifetimeDays * DAY_SECONDS,
    defaultInstanceWarmup: WARMUP_SECONDS,
    // A destroy would wait for the draining hook, an hour an instance (provider #11409, #14393).
    forceDelete: true,
    mixedInstancesPolicy: instancesOf(props, template),
    // No instance refresh: the provider starts one at every change of types or shares, which ends half of what runs, in a spot drought too.
    // What is new comes as instances turn over.
    // Free, and what tells that a fleet is at its maximum.
    enabledMetrics: ['GroupDesiredCapacity', 'GroupInServiceInstances', 'GroupMaxSize', 'GroupPendingInstances'],
    // ECS adds the first itself; undeclared, every plan would remove it (provider #12582). TagAspect adds the others.
    tag: [
      { key: 'AmazonECSManaged', value: 'true', propagateAtLaunch: true },
      { key: 'Name', value: name, propagateAtLaunch: true },
    ],
    // Terraform ends the group before its role, which the agents need to drain, and before the cluster.
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
    // Without weights, which ECS's capacity providers do not support.
    override: instanceTypes.map((instanceType) => ({ instanceType })),
  },
});

const isSpot = ({ onDemandPercent }: Purchase): boolean => onDemandPercent < 100;

const distribution = (purchase: Purchase): InstancesDistribution => ({
  onDemandAllocationStrategy: 'lowest-price',
  onDemandBaseCapacity: purchase.onDemandBase,
  onDemandPercentageAboveBaseCapacity: purchase.onDemandPercent,
  // The pools that are least likely to be taken back, and of those the cheapest.
  ...(isSpot(purchase) && { spotAllocationStrategy: 'price-capacity-optimized' }),
});
