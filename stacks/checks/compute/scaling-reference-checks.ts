import { block, blocks, strings, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';

const PROVIDERS = 'aws_ecs_cluster_capacity_providers';
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

/** References from services and scaling policies to other resources, which exist but are the wrong ones. */
export const SCALING_REFERENCE_CHECKS: Check[] = [
  {
    id: 'IMG-ECS-103',
    of: ['aws_ecs_service'],
    reason: 'ECS refuses a service whose capacity provider is not in its cluster, Fargate included.',
    remedy: `list it in ${PROVIDERS}.`,
    find: ({ values }, { inventory }) => {
      const providerOf = (name: unknown) =>
        inventory.named('aws_ecs_capacity_provider', name, 'name')?.address ?? text(name);
      const listed = inventory.all(PROVIDERS).flatMap((list) => strings(list.values.capacity_providers));
      return blocks(values, 'capacity_provider_strategy')
        .map(({ capacity_provider }) => text(capacity_provider))
        .filter((name) => !listed.map(providerOf).includes(providerOf(name)))
        .map((name) => `the cluster does not have the capacity provider ${name}`);
    },
  },
  {
    id: 'IMG-SCL-105',
    of: ['aws_appautoscaling_policy'],
    reason: 'Application Auto Scaling refuses a wrong label, or scales by the requests of another service.',
    remedy:
      'set resource_label to the arn_suffix of the load balancer, a slash, and the arn_suffix of the service’s own target group.',
    find(policy, { inventory }) {
      const metric = block(
        policy.values,
        'target_tracking_scaling_policy_configuration',
        'predefined_metric_specification',
      );
      if (metric?.predefined_metric_type !== 'ALBRequestCountPerTarget') return false;
      const [, , group] = LABEL.exec(text(metric.resource_label)) ?? [];
      if (group === undefined) return `resource_label is ${metric.resource_label}`;
      const own = targetGroupOf(policy, inventory);
      return own !== undefined && own !== `aws_lb_target_group.${group}` && `resource_label refers to ${group}`;
    },
  },
];
