import { INSTANCE_TYPES, type InstanceType } from '../../compute/instance-types.ts';
import { block, blocks, figure, strings, text } from '../blocks.ts';
import type { Inventory, Resource } from '../inventory.ts';

const distribution = ({ values }: Resource) => block(values, 'mixed_instances_policy', 'instances_distribution');

export const launchTemplateOf = ({ values }: Resource, inventory: Inventory): Resource | undefined => {
  const mixed = block(values, 'mixed_instances_policy', 'launch_template', 'launch_template_specification');
  const { launch_template_id, launch_template_name } = mixed ?? {};
  const { id, name } = block(values, 'launch_template') ?? {};
  return inventory.named('aws_launch_template', launch_template_id ?? launch_template_name ?? id ?? name, 'id', 'name');
};

/** GiB of the volumes that its instances start with; undefined where none is declared. */
export function diskGibOf(group: Resource, inventory: Inventory): number | undefined {
  const mappings = blocks(launchTemplateOf(group, inventory)?.values, 'block_device_mappings');
  const sizes = mappings
    .flatMap((mapping) => blocks(mapping, 'ebs'))
    .map(({ volume_size }) => figure(volume_size) ?? 0);
  return sizes.length > 0 ? Math.max(...sizes) : undefined;
}

export const overridesOf = ({ values }: Resource) =>
  blocks(block(values, 'mixed_instances_policy', 'launch_template'), 'override');

/** Names of the instance types of an auto scaling group; none where AWS chooses by requirements. */
export function instanceTypesOf(group: Resource, inventory: Inventory): string[] {
  const overrides = overridesOf(group);
  if (overrides.length > 0) return overrides.map(({ instance_type }) => text(instance_type)).filter(Boolean);
  return strings(launchTemplateOf(group, inventory)?.values.instance_type);
}

/** What is known of its types; misspelt ones are left out, which a check of their own says. */
export const sizesOf = (group: Resource, inventory: Inventory): (InstanceType & { name: string })[] =>
  instanceTypesOf(group, inventory).flatMap((name) => {
    const type = INSTANCE_TYPES[name];
    return type ? [{ name, ...type }] : [];
  });

/** Percent of the instances above the base that are on demand; AWS takes 100 where nothing is said. */
export const onDemandPercentOf = (group: Resource): number =>
  figure(distribution(group)?.on_demand_percentage_above_base_capacity) ?? 100;

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

/** The groups that an ECS service runs on; none for Fargate. */
export const groupsOfService = ({ values }: Resource, inventory: Inventory): Resource[] =>
  blocks(values, 'capacity_provider_strategy')
    .map(({ capacity_provider }) => inventory.named('aws_ecs_capacity_provider', capacity_provider, 'name'))
    .map((provider) => provider && groupOf(provider, inventory))
    .filter((group) => group !== undefined);
