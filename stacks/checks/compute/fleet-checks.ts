import { INSTANCE_TYPES } from '../../compute/instance-types.ts';
import { blocks, ignores, isReference, strings, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import { capacityProvidersOf, instanceTypesOf, launchTemplateOf, overridesOf, sizesOf } from './fleet.ts';

const DAY_SECONDS = 24 * 60 * 60;
const of = ['aws_autoscaling_group'];

/** Auto scaling groups: their bounds and instance types. spot-checks.ts examines how they buy spot. */
export const FLEET_CHECKS: Check[] = [
  {
    id: 'IMG-ASG-001',
    of,
    reason: 'AWS refuses the group when it is applied.',
    remedy: 'set max_size to at least 1 and at least min_size.',
    find({ values }) {
      const [min = 0, max = 0] = [toNumber(values.min_size), toNumber(values.max_size)];
      return (max < Math.max(1, min) || min < 0) && `min_size is ${min} and max_size ${max}`;
    },
  },
  {
    id: 'IMG-ASG-002',
    of,
    reason: 'EC2 Auto Scaling accepts one day to one year (86,400 to 31,536,000 s), and plan does not check it.',
    remedy: 'set max_instance_lifetime to seconds within that range, or leave it out.',
    find({ values }) {
      const seconds = toNumber(values.max_instance_lifetime) ?? 0;
      const fits = seconds === 0 || (seconds >= DAY_SECONDS && seconds <= 365 * DAY_SECONDS);
      return !fits && `max_instance_lifetime is ${seconds}`;
    },
  },
  {
    id: 'IMG-ASG-004',
    of,
    reason:
      'ECS capacity providers do not support instance weights: managed scaling counts instances and would get their number wrong.',
    remedy: 'remove weighted_capacity and list types of one size.',
    find: (group) =>
      overridesOf(group)
        .filter(({ weighted_capacity }) => weighted_capacity !== undefined)
        .map(({ instance_type, weighted_capacity }) => `${instance_type} has weighted_capacity ${weighted_capacity}`),
  },
  {
    id: 'IMG-ASG-005',
    of,
    reason: 'Terraform accepts any string, and the group would start nothing.',
    remedy: 'correct the spelling, or add the type with its size to stacks/compute/instance-types.ts.',
    find: (group, { inventory }) =>
      instanceTypesOf(group, inventory)
        .filter((type) => !isReference(type) && !INSTANCE_TYPES[type])
        .map((type) => `the project knows no instance type ${type}`),
  },
  {
    id: 'IMG-ASG-006',
    of,
    reason:
      'Managed scaling calculates with the smallest type: a task that does not fit it never gets an instance, and the surplus of larger types is paid for nothing.',
    remedy: 'list types of several families with the same vCPUs and memory.',
    find(group, { inventory }) {
      const sizes = sizesOf(group, inventory).map(({ vCpu, memoryMib }) => `${vCpu} vCPU and ${memoryMib} MiB`);
      return new Set(sizes).size > 1 && `its types have ${[...new Set(sizes)].join(', ')}`;
    },
  },
  {
    id: 'IMG-ASG-007',
    of,
    reason: 'A task that is placed on an instance of another architecture ends with "exec format error".',
    remedy: 'use one architecture in a group.',
    find(group, { inventory }) {
      const architectures = new Set(sizesOf(group, inventory).map(({ architecture }) => architecture));
      return architectures.size > 1 && `it mixes ${[...architectures].join(' and ')}`;
    },
  },
  {
    id: 'IMG-ASG-008',
    of,
    reason: 'An instance cannot boot from an AMI of another architecture.',
    remedy: "use the AMI parameter of the types' architecture: …/amazon-linux-2023/arm64/… for arm64.",
    find(group, { inventory }) {
      const image = text(launchTemplateOf(group, inventory)?.values.image_id);
      const [size] = sizesOf(group, inventory);
      if (!size || !image.startsWith('resolve:ssm:')) return false;
      const architecture = image.includes('/arm64/') ? 'arm64' : 'x86_64';
      return (
        architecture !== size.architecture && `the AMI is for ${architecture}, ${size.name} is ${size.architecture}`
      );
    },
  },
  {
    id: 'IMG-ASG-011',
    of,
    reason: 'ECS adds the tag AmazonECSManaged itself, and every later plan wants to remove it (provider #12582).',
    remedy: 'declare the tag AmazonECSManaged with propagate_at_launch.',
    find: (group, { inventory }) =>
      capacityProvidersOf(group, inventory).length > 0 &&
      !blocks(group.values, 'tag').some(({ key }) => key === 'AmazonECSManaged') &&
      'the tag AmazonECSManaged is not declared',
  },
  {
    id: 'IMG-ASG-012',
    of,
    reason:
      'Destroying the group waits up to an hour for the draining hook, longer than Terraform waits (provider #11409, #14393).',
    remedy: 'set force_delete to true.',
    find: (group, { inventory }) =>
      capacityProvidersOf(group, inventory).length > 0 &&
      group.values.force_delete !== true &&
      'force_delete is not set on the group of a capacity provider',
  },
  {
    id: 'IMG-ASG-014',
    of,
    reason: 'Every apply would reset the number of instances that managed scaling has chosen.',
    remedy: 'leave desired_capacity out, or ignore its changes.',
    find: (group, { inventory }) =>
      capacityProvidersOf(group, inventory).length > 0 &&
      group.values.desired_capacity !== undefined &&
      !ignores(group.values, 'desired_capacity') &&
      `desired_capacity is ${group.values.desired_capacity}`,
  },
  {
    id: 'IMG-ASG-015',
    of,
    reason: 'The loss of the zone, or of its spot capacity, would end every instance.',
    remedy: 'list subnets of two or more zones in vpc_zone_identifier.',
    find: ({ values }) =>
      strings(values.vpc_zone_identifier).length < 2 && !isReference(values.vpc_zone_identifier) && 'it is in one zone',
  },
  {
    id: 'IMG-ASG-016',
    of: ['aws_autoscaling_policy'],
    reason: 'The policy and the managed scaling of the capacity provider would undo each other.',
    remedy: 'remove the policy; target_capacity and the scaling of tasks decide the size.',
    find({ values }, { inventory }) {
      const group = inventory.named('aws_autoscaling_group', values.autoscaling_group_name, 'name');
      return (
        group && capacityProvidersOf(group, inventory).length > 0 && `${group.path} is scaled by a capacity provider`
      );
    },
  },
];
