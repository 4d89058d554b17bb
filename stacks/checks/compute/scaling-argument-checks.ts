import { type Argument, argumentCheck, is, isNot, isWithin, satisfying } from '../argument-check.ts';
import { block, blocks, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';

const POLICY = 'aws_appautoscaling_policy';
const TARGET = 'aws_appautoscaling_target';
const TRACKING = 'target_tracking_scaling_policy_configuration';

const SCALING: Argument[] = [
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

const LABEL = /^\$\{aws_lb\.([\w-]+)\.arn_suffix\}\/\$\{aws_lb_target_group\.([\w-]+)\.arn_suffix\}$/;

/** The target group of the service that a policy scales. */
function targetGroupOf({ values }: Resource, inventory: Inventory): string | undefined {
  const target = inventory.target(values.resource_id);
  const service = inventory
    .all('aws_ecs_service')
    .find(({ address }) => text(target?.values.resource_id).includes(`\${${address}.name}`));
  const [binding] = blocks(service?.values, 'load_balancer');
  return inventory.target(binding?.target_group_arn)?.address;
}

/** Arguments of the scaling of tasks. */
export const SCALING_ARGUMENT_CHECKS: Check[] = [
  ...SCALING.map(argumentCheck),
  {
    id: 'IMG-SCL-105',
    of: [POLICY],
    reason: 'Application Auto Scaling refuses a wrong label, or scales by the requests of another service.',
    remedy:
      'set resource_label to the arn_suffix of the load balancer, a slash, and the arn_suffix of the service’s own target group.',
    find(policy, { inventory }) {
      const metric = block(policy.values, TRACKING, 'predefined_metric_specification');
      if (metric?.predefined_metric_type !== 'ALBRequestCountPerTarget') return false;
      const [, , group] = LABEL.exec(text(metric.resource_label)) ?? [];
      if (group === undefined) return `resource_label is ${metric.resource_label}`;
      const own = targetGroupOf(policy, inventory);
      return own !== undefined && own !== `aws_lb_target_group.${group}` && `resource_label refers to ${group}`;
    },
  },
];
