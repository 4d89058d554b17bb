import { type Argument, argumentCheck, is, isNot, isWithin, satisfying } from '../argument-check.ts';
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
  {
    id: 'IMG-SCL-101',
    of: POLICY,
    argument: `${TRACKING}.disable_scale_in`,
    must: isNot(true),
    reason: 'After the first burst, all tasks would run and cost money for ever.',
  },
  {
    id: 'IMG-SCL-102',
    of: POLICY,
    argument: 'resource_id',
    must: satisfying('the resource_id of the aws_appautoscaling_target', (id) => text(id).startsWith(`\${${TARGET}.`)),
    reason: 'Terraform would create the policy before its target: "No scalable target registered".',
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
    reason: 'Tasks would stop between two bursts, and start again for the second one.',
  },
];

/** Arguments of the scaling of instances and tasks. */
export const SCALING_ARGUMENT_CHECKS: Check[] = SCALING.map(argumentCheck);
