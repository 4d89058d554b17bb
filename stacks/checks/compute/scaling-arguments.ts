import { type Argument, argumentCheck, fitting, is, isNot, isWithin } from '../argument-check.ts';
import { text } from '../blocks.ts';
import type { Check } from '../check.ts';

const PROVIDER = 'aws_ecs_capacity_provider';
const POLICY = 'aws_appautoscaling_policy';
const TARGET = 'aws_appautoscaling_target';
const TRACKING = 'target_tracking_scaling_policy_configuration';

const SCALING: Argument[] = [
  {
    id: 'IMG-ECS-101',
    of: PROVIDER,
    argument: 'auto_scaling_group_provider.managed_scaling.status',
    must: is('ENABLED'),
    reason: 'Nobody would start an instance for a task that waits, or end one that has none.',
  },
  {
    id: 'IMG-ECS-102',
    of: PROVIDER,
    argument: 'auto_scaling_group_provider.managed_scaling.instance_warmup_period',
    must: isWithin(1, 120),
    reason: 'Until it is over ECS takes no further step: of its own 300 s a burst of images waits five minutes a step.',
  },
  {
    id: 'IMG-SCL-101',
    of: POLICY,
    argument: `${TRACKING}.disable_scale_in`,
    must: isNot(true),
    reason: 'After the first burst everything would run, and be paid, for ever.',
  },
  {
    id: 'IMG-SCL-102',
    of: POLICY,
    argument: 'resource_id',
    must: fitting('that of the aws_appautoscaling_target', (id) => text(id).startsWith(`\${${TARGET}.`)),
    reason: 'Terraform would make the policy before its target: "No scalable target registered".',
  },
  {
    id: 'IMG-SCL-103',
    of: TARGET,
    argument: 'scalable_dimension',
    must: is('ecs:service:DesiredCount'),
    reason: 'It is the only dimension that an ECS service has.',
  },
  {
    id: 'IMG-SCL-104',
    of: POLICY,
    argument: `${TRACKING}.scale_in_cooldown`,
    must: isWithin(60, 3600),
    where: (policy) => policy[TRACKING] !== undefined,
    reason: 'Tasks would go in the gap between two bursts, and come again for the second.',
  },
];

/** What an argument must be of what adds and removes instances and tasks. */
export const SCALING_ARGUMENTS: Check[] = SCALING.map(argumentCheck);
