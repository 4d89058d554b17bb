import { INSTANCE_TYPES, type InstanceType } from '../../compute/instance-types.ts';
import { block, blocks, strings, text, toNumber } from '../blocks.ts';
import type { Inventory, Resource } from '../inventory.ts';

const distribution = ({ values }: Resource) => block(values, 'mixed_instances_policy', 'instances_distribution');

export const launchTemplateOf = ({ values }: Resource, inventory: Inventory): Resource | undefined => {
  const mixed = block(values, 'mixed_instances_policy', 'launch_template', 'launch_template_specification');
  const { launch_template_id, launch_template_name } = mixed ?? {};
  const { id, name } = block(values, 'launch_template') ?? {};
  return inventory.named('aws_launch_template', launch_template_id ?? launch_template_name ?? id ?? name, 'id', 'name');
};

/** The size in GiB of the largest volume of its instances; undefined if none is declared. */
export function diskGibOf(group: Resource, inventory: Inventory): number | undefined {
  const mappings = blocks(launchTemplateOf(group, inventory)?.values, 'block_device_mappings');
  const sizes = mappings
    .flatMap((mapping) => blocks(mapping, 'ebs'))
    .map(({ volume_size }) => toNumber(volume_size) ?? 0);
  return sizes.length > 0 ? Math.max(...sizes) : undefined;
}

export const overridesOf = ({ values }: Resource) =>
  blocks(block(values, 'mixed_instances_policy', 'launch_template'), 'override');

/** The instance types of an auto scaling group; empty if AWS chooses them by requirements. */
export function instanceTypesOf(group: Resource, inventory: Inventory): string[] {
  const overrides = overridesOf(group);
  if (overrides.length > 0) return overrides.map(({ instance_type }) => text(instance_type)).filter(Boolean);
  return strings(launchTemplateOf(group, inventory)?.values.instance_type);
}

/** The sizes of its instance types. Misspelt types are left out; IMG-ASG-005 reports them. */
export const sizesOf = (group: Resource, inventory: Inventory): (InstanceType & { name: string })[] =>
  instanceTypesOf(group, inventory).flatMap((name) => {
    const type = INSTANCE_TYPES[name];
    return type ? [{ name, ...type }] : [];
  });

/** The percentage of on-demand instances above the base, which is 100 by default. */
export const onDemandPercentOf = (group: Resource): number =>
  toNumber(distribution(group)?.on_demand_percentage_above_base_capacity) ?? 100;

export const isSpot = (group: Resource, inventory: Inventory): boolean =>
  block(launchTemplateOf(group, inventory)?.values, 'instance_market_options')?.market_type === 'spot' ||
  (distribution(group) !== undefined && onDemandPercentOf(group) < 100);

export const spotStrategyOf = (group: Resource): string | undefined =>
  distribution(group)?.spot_allocation_strategy as string | undefined;

export const capacityProvidersOf = (group: Resource, inventory: Inventory): Resource[] =>
  inventory
    .all('aws_ecs_capacity_provider')
    .filter((provider) => groupOf(provider, inventory)?.address === group.address);

export const groupOf = ({ values }: Resource, inventory: Inventory): Resource | undefined => {
  const { auto_scaling_group_arn } = block(values, 'auto_scaling_group_provider') ?? {};
  return inventory.named('aws_autoscaling_group', auto_scaling_group_arn, 'arn');
};

/** The auto scaling groups that an ECS service runs on; empty for Fargate. */
export const groupsOfService = ({ values }: Resource, inventory: Inventory): Resource[] =>
  blocks(values, 'capacity_provider_strategy')
    .map(({ capacity_provider }) => inventory.named('aws_ecs_capacity_provider', capacity_provider, 'name'))
    .map((provider) => provider && groupOf(provider, inventory))
    .filter((group) => group !== undefined);
