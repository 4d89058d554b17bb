import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy/index.js';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js';
import { add, type Change, type Mistake, remove, set, setting } from './mistake.ts';

const GROUP = 'worker-fleet/group';
const TEMPLATE = 'worker-fleet/launch-template';
const PROVIDER = 'worker-fleet/capacity-provider';
const managed = (argument: string) => `auto_scaling_group_provider.${argument}`;
const distribution = (argument: string) => `mixed_instances_policy.instances_distribution.${argument}`;

/** Replaces the workers' six types. */
const types = (...names: string[]): Change =>
  set(
    GROUP,
    'mixed_instances_policy.launch_template.override',
    names.map((instance_type) => ({ instance_type })),
  );
const SIX = ['c5.xlarge', 'c5a.xlarge', 'c6a.xlarge', 'c6i.xlarge', 'c7a.xlarge', 'c7i.xlarge'] as const;
const [, ...FIVE] = SIX;
const weights = SIX.map((instance_type) => ({ instance_type, weighted_capacity: '2' }));
const OLD_AMI = 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id';
const ARM_AMI = 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id';

const step: Change = add(
  (stack) =>
    new AutoscalingPolicy(stack, 'step', {
      name: 'step',
      autoscalingGroupName: 'image-service-prod-worker',
      scalingAdjustment: 1,
    }),
);
const secondList: Change = add((stack) => {
  const list = new EcsClusterCapacityProviders(stack, 'second', { clusterName: 'x' });
  list.addOverride('cluster_name', `\${aws_ecs_cluster.cluster.name}`);
});

export const FLEET_MISTAKES: Mistake[] = [
  ['a minimum of instances above the maximum', 'IMG-ASG-001', set(GROUP, 'min_size', 41)],
  ['a maximum of -1', 'IMG-ASG-001', set(GROUP, 'max_size', -1)],
  ['instances that live for an hour', 'IMG-ASG-002', set(GROUP, 'max_instance_lifetime', 3600)],
  ['a lifetime of two years', 'IMG-ASG-002', setting('workers.maxInstanceLifetimeDays', 730)],
  [
    'the lowest-price spot strategy',
    'IMG-ASG-003',
    set(GROUP, distribution('spot_allocation_strategy'), 'lowest-price'),
  ],
  [
    'a spot strategy that does not exist',
    'IMG-ASG-003',
    set(GROUP, distribution('spot_allocation_strategy'), 'cheapest'),
  ],
  ['instance weights', 'IMG-ASG-004', set(GROUP, 'mixed_instances_policy.launch_template.override', weights)],
  ['a misspelt instance type', 'IMG-ASG-005', setting('workers.instanceTypes', [...FIVE, 'c6i.xlrage'])],
  ['instances of two sizes', 'IMG-ASG-006', setting('workers.instanceTypes', [...FIVE, 'c6i.2xlarge'])],
  ['one type with more memory', 'IMG-ASG-006', types(...FIVE, 'm6i.xlarge')],
  ['an arm64 type among x86', 'IMG-ASG-007', types(...FIVE, 'c7g.xlarge')],
  ['an AMI of the other architecture', 'IMG-ASG-008', set(TEMPLATE, 'image_id', ARM_AMI)],
  ['five types on spot', 'IMG-ASG-009', setting('workers.instanceTypes', FIVE)],
  ['one type six times', 'IMG-ASG-009', types(...SIX.map(() => 'c6i.xlarge'))],
  ['spot without capacity rebalancing', 'IMG-ASG-010', set(GROUP, 'capacity_rebalance', false)],
  ['the tag that ECS adds not declared', 'IMG-ASG-011', set(GROUP, 'tag', [])],
  ['a destroy that hangs', 'IMG-ASG-012', set(GROUP, 'force_delete', undefined)],
  [
    'a spot strategy that never buys spot',
    'IMG-ASG-013',
    set(GROUP, distribution('on_demand_percentage_above_base_capacity'), undefined),
  ],
  ['a fixed number of instances', 'IMG-ASG-014', set(GROUP, 'desired_capacity', 2), set(GROUP, 'lifecycle', undefined)],
  ['workers in one zone', 'IMG-ASG-015', set(GROUP, 'vpc_zone_identifier', ['subnet-1'])],
  ['a second scaling policy for a group', 'IMG-ASG-016', step],
  ['instances with IMDSv1', 'IMG-EC2-001', set(TEMPLATE, 'metadata_options.http_tokens', 'optional')],
  [
    'metadata within reach of containers',
    'IMG-EC2-002',
    set(TEMPLATE, 'metadata_options.http_put_response_hop_limit', 2),
  ],
  ['an unencrypted volume', 'IMG-EC2-003', set(TEMPLATE, 'block_device_mappings.0.ebs.encrypted', 'false')],
  ['an AMI without security fixes', 'IMG-EC2-004', set(TEMPLATE, 'image_id', OLD_AMI)],
  [
    'instances with public addresses',
    'IMG-EC2-005',
    set(TEMPLATE, 'network_interfaces', [{ associate_public_ip_address: 'true' }]),
  ],
  ['instances that join no cluster', 'IMG-EC2-006', set(TEMPLATE, 'user_data', undefined)],
  [
    'protection that the group lacks',
    'IMG-ECS-001',
    set(PROVIDER, managed('managed_termination_protection'), 'ENABLED'),
  ],
  [
    'protection without managed scaling',
    'IMG-ECS-002',
    set(PROVIDER, managed('managed_termination_protection'), 'ENABLED'),
    set(PROVIDER, managed('managed_scaling.status'), 'DISABLED'),
  ],
  ['a target capacity of 150', 'IMG-ECS-003', set(PROVIDER, managed('managed_scaling.target_capacity'), 150)],
  ['tasks that are not drained', 'IMG-ECS-004', set(PROVIDER, managed('managed_draining'), 'DISABLED')],
  ['termination protection on spot', 'IMG-ECS-005', setting('workers.terminationProtection', true)],
  ['a capacity provider without a cluster', 'IMG-ECS-006', remove('capacity')],
  ['two lists of capacity providers', 'IMG-ECS-007', secondList],
  ['a group that is never scaled in', 'IMG-ECS-008', set(GROUP, 'protect_from_scale_in', true)],
  ['instances without tags', 'IMG-TAG-002', set(TEMPLATE, 'tag_specifications', [])],
  ['volumes without an owner', 'IMG-TAG-002', set(TEMPLATE, 'tag_specifications.1.tags', { Project: 'x' })],
];
