import { type Argument, argumentCheck, fitting, is, isAbsent } from '../argument-check.ts';
import { isReference, strings } from '../blocks.ts';
import type { Check } from '../check.ts';

const GROUP = 'aws_autoscaling_group';
const DISTRIBUTION = 'mixed_instances_policy.instances_distribution';

const waitsFor = (...types: string[]) =>
  fitting(types.map((type) => `a list with the ${type}`).join(' and '), (awaited) =>
    types.every((type) => strings(awaited).some((address) => address.startsWith(`${type}.`))),
  );

const GROUPS: Argument[] = [
  {
    id: 'IMG-ASG-101',
    of: GROUP,
    argument: 'wait_for_capacity_timeout',
    must: is('0'),
    reason:
      'Managed scaling says how many instances there are: an apply would wait for others, and fail after ten minutes.',
  },
  {
    id: 'IMG-ASG-102',
    of: GROUP,
    argument: 'instance_refresh',
    must: isAbsent,
    reason: 'The provider starts one at every change of types, which ends half of what works, in a spot drought too.',
  },
  {
    id: 'IMG-ASG-103',
    of: GROUP,
    argument: 'suspended_processes',
    must: isAbsent,
    reason: 'What somebody suspended in an incident would stay so: no launch, no replacement, no lifetime.',
  },
  {
    id: 'IMG-ASG-104',
    of: GROUP,
    argument: `${DISTRIBUTION}.spot_max_price`,
    must: isAbsent,
    reason:
      'A price of one’s own has instances taken back when the market goes above it; on-demand is the ceiling anyway.',
  },
  {
    id: 'IMG-ASG-105',
    of: GROUP,
    argument: `${DISTRIBUTION}.on_demand_allocation_strategy`,
    must: is('lowest-price'),
    reason: 'AWS would take the types in the order of the list, which is one of spot pools and no order of prices.',
  },
  {
    id: 'IMG-ASG-106',
    of: GROUP,
    argument: 'mixed_instances_policy.launch_template.launch_template_specification.version',
    must: fitting(
      'the latest_version of its launch template',
      (version) => isReference(version) || version === '$Latest',
    ),
    reason: 'A fixed version starts instances of yesterday: no change of the launch template would ever reach them.',
  },
  {
    id: 'IMG-ASG-107',
    of: GROUP,
    argument: 'target_group_arns',
    must: isAbsent,
    reason: 'Tasks register by their own addresses; instances beside them answer nothing, and requests would fail.',
  },
  {
    id: 'IMG-ASG-108',
    of: GROUP,
    argument: 'warm_pool',
    must: isAbsent,
    reason:
      'An instance of a warm pool joins its cluster before it is in service, and gets tasks that are stopped with it.',
  },
  {
    id: 'IMG-ASG-109',
    of: GROUP,
    argument: 'depends_on',
    must: waitsFor('aws_ecs_cluster', 'aws_iam_role_policy'),
    reason: 'Terraform would take away the cluster or the agent’s permissions first, and draining hangs.',
  },
];

/** What an argument of a group of instances must be. */
export const FLEET_ARGUMENTS: Check[] = GROUPS.map(argumentCheck);
