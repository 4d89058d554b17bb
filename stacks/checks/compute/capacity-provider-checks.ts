import { type Argument, argumentCheck, is, isWithin } from '../argument-check.ts';
import { block, blocks, strings, text, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { capacityProvidersOf, groupOf, isSpot } from './fleet.ts';

const PROVIDER = 'aws_ecs_capacity_provider';
const LISTED = 'aws_ecs_cluster_capacity_providers';
const of = [PROVIDER];

const providerOf = ({ values }: Resource): Values => block(values, 'auto_scaling_group_provider') ?? {};
const isProtected = (provider: Resource): boolean => providerOf(provider).managed_termination_protection === 'ENABLED';
const scalingOf = (provider: Resource): Values => block(providerOf(provider), 'managed_scaling') ?? {};
const protectsFromScaleIn = ({ values }: Resource): boolean => String(values.protect_from_scale_in) === 'true';

const isAssociated = (provider: Resource, inventory: Inventory): boolean =>
  inventory
    .all(LISTED)
    .flatMap(({ values }) => strings(values.capacity_providers))
    .some((name) => inventory.named(PROVIDER, name, 'name')?.address === provider.address);

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-ECS-101',
    of: PROVIDER,
    argument: 'auto_scaling_group_provider.managed_scaling.status',
    must: is('ENABLED'),
    reason: 'Nothing would start an instance for waiting tasks, or end an idle one.',
  },
  {
    id: 'IMG-ECS-102',
    of: PROVIDER,
    argument: 'auto_scaling_group_provider.managed_scaling.instance_warmup_period',
    must: isWithin(1, 120),
    reason:
      'ECS takes no further step during the warmup: with the default of 300 s, each step of a burst takes five minutes.',
  },
];

/** Capacity providers, by which ECS scales auto scaling groups. */
export const CAPACITY_PROVIDER_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
  {
    id: 'IMG-ECS-001',
    of,
    reason:
      'ECS refuses the capacity provider, because managed termination protection needs the scale-in protection of the group.',
    remedy: 'set protect_from_scale_in of the group to true, or managed_termination_protection to DISABLED.',
    find(provider, { inventory }) {
      const group = groupOf(provider, inventory);
      return (
        isProtected(provider) &&
        group !== undefined &&
        !protectsFromScaleIn(group) &&
        `managed_termination_protection is ENABLED, but ${group.path} does not protect its instances from scale-in`
      );
    },
  },
  {
    id: 'IMG-ECS-002',
    of,
    reason: 'Nothing would ever end a protected instance.',
    remedy: 'set managed_scaling.status to ENABLED.',
    find: (provider) =>
      isProtected(provider) &&
      scalingOf(provider).status !== 'ENABLED' &&
      'managed_termination_protection is ENABLED without managed scaling',
  },
  {
    id: 'IMG-ECS-003',
    of,
    reason: 'It is the percentage of instances that should be in use, and ECS refuses values outside 1 to 100.',
    remedy: 'set target_capacity to 100, or less to keep spare instances.',
    find(provider) {
      const percent = toNumber(scalingOf(provider).target_capacity) ?? 100;
      return (percent < 1 || percent > 100) && `target_capacity is ${percent}`;
    },
  },
  {
    id: 'IMG-ECS-004',
    of,
    reason:
      'Without draining, scale-in, instance replacement and spot interruptions kill tasks in the middle of an image.',
    remedy: 'set managed_draining to ENABLED.',
    find: (provider) => providerOf(provider).managed_draining !== 'ENABLED' && 'managed_draining is not ENABLED',
  },
  {
    id: 'IMG-ECS-005',
    of,
    reason:
      'Protected instances keep their old AMI, because max_instance_lifetime never replaces them, and spot interrupts them all the same.',
    remedy: 'set managed_termination_protection to DISABLED; managed draining protects the work.',
    find(provider, { inventory }) {
      const group = groupOf(provider, inventory);
      return isProtected(provider) && group && isSpot(group, inventory) && 'termination protection on spot instances';
    },
  },
  {
    id: 'IMG-ECS-006',
    of,
    reason: 'ECS refuses services that use it.',
    remedy: 'list it in aws_ecs_cluster_capacity_providers.',
    find: (provider, { inventory }) => !isAssociated(provider, inventory) && 'it belongs to no cluster',
  },
  {
    id: 'IMG-ECS-007',
    of: [LISTED],
    reason: 'The resource owns the whole list of its cluster, so two of them undo each other at every apply.',
    remedy: 'list all capacity providers of the cluster in one resource.',
    find({ address, values }, { inventory }) {
      const others = inventory
        .all(LISTED)
        .filter((other) => other.address !== address && other.values.cluster_name === values.cluster_name);
      return others.length > 0 && `the cluster has another one: ${others[0]?.path}`;
    },
  },
  {
    id: 'IMG-ECS-008',
    of: ['aws_autoscaling_group'],
    reason:
      'Only managed termination protection removes scale-in protection again: the group would grow and never shrink.',
    remedy: 'drop protect_from_scale_in, or enable managed_termination_protection.',
    find(group, { inventory }) {
      const providers = capacityProvidersOf(group, inventory);
      const lifted = providers.some(isProtected);
      return protectsFromScaleIn(group) && !lifted && 'its instances are protected from scale-in for ever';
    },
  },
  {
    id: 'IMG-ECS-103',
    of: ['aws_ecs_service'],
    reason: 'ECS refuses a service whose capacity provider is not in its cluster, Fargate included.',
    remedy: `list it in ${LISTED}.`,
    find: ({ values }, { inventory }) => {
      const providerOf = (name: unknown) => inventory.named(PROVIDER, name, 'name')?.address ?? text(name);
      const listed = inventory.all(LISTED).flatMap((list) => strings(list.values.capacity_providers));
      return blocks(values, 'capacity_provider_strategy')
        .map(({ capacity_provider }) => text(capacity_provider))
        .filter((name) => !listed.map(providerOf).includes(providerOf(name)))
        .map((name) => `the cluster does not have the capacity provider ${name}`);
    },
  },
];
