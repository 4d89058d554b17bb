import { type Argument, argumentCheck, is, isAbsent, satisfying } from '../argument-check.ts';
import { isReference, strings } from '../blocks.ts';
import type { Check } from '../check.ts';

const GROUP = 'aws_autoscaling_group';
const DISTRIBUTION = 'mixed_instances_policy.instances_distribution';

const waitsFor = (...types: string[]) =>
  satisfying(types.map((type) => `a list with the ${type}`).join(' and '), (awaited) =>
    types.every((type) => strings(awaited).some((address) => address.startsWith(`${type}.`))),
  );

const GROUPS: Argument[] = [
  {
    id: 'IMG-ASG-101',
    of: GROUP,
    argument: 'wait_for_capacity_timeout',
    must: is('0'),
    reason:
      'Managed scaling sets the number of instances: an apply would wait for another number, and fail after ten minutes.',
  },
  {
    id: 'IMG-ASG-102',
    of: GROUP,
    argument: 'instance_refresh',
    must: isAbsent,
    reason:
      'The provider starts a refresh at every change of types, which ends half of the working instances, even when spot capacity is scarce.',
  },
  {
    id: 'IMG-ASG-103',
    of: GROUP,
    argument: 'suspended_processes',
    must: isAbsent,
    reason:
      'Processes that somebody suspended in an incident would stay suspended: no launches, no replacements, no maximum lifetime.',
  },
  {
    id: 'IMG-ASG-104',
    of: GROUP,
    argument: `${DISTRIBUTION}.spot_max_price`,
    must: isAbsent,
    reason:
      'A maximum price ends instances when the market price exceeds it, and the on-demand price is the ceiling anyway.',
  },
  {
    id: 'IMG-ASG-105',
    of: GROUP,
    argument: `${DISTRIBUTION}.on_demand_allocation_strategy`,
    must: is('lowest-price'),
    reason:
      'AWS would take on-demand types in the order of the list, which names spot pools and is not sorted by price.',
  },
  {
    id: 'IMG-ASG-106',
    of: GROUP,
    argument: 'mixed_instances_policy.launch_template.launch_template_specification.version',
    must: satisfying(
      'the latest_version of its launch template',
      (version) => isReference(version) || version === '$Latest',
    ),
    reason: 'With a fixed version, no change of the launch template would ever reach new instances.',
  },
  {
    id: 'IMG-ASG-107',
    of: GROUP,
    argument: 'target_group_arns',
    must: isAbsent,
    reason:
      'Tasks register with their own addresses; instances that are registered too answer nothing, and requests to them fail.',
  },
  {
    id: 'IMG-ASG-108',
    of: GROUP,
    argument: 'warm_pool',
    must: isAbsent,
    reason:
      'An instance of a warm pool joins its cluster before it is in service, and gets tasks that stop together with it.',
  },
  {
    id: 'IMG-ASG-109',
    of: GROUP,
    argument: 'depends_on',
    must: waitsFor('aws_ecs_cluster', 'aws_iam_role_policy'),
    reason: 'Terraform would destroy the cluster or the permissions of the agent first, and draining would hang.',
  },
];

/** Arguments of auto scaling groups. */
export const FLEET_ARGUMENT_CHECKS: Check[] = GROUPS.map(argumentCheck);
