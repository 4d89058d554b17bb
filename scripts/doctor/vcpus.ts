import { resourcesOf, type Site, type Stack, type Values } from './site.ts';

export type Purchase = 'on demand' | 'spot';

/** Instances of a group at its maximum that are bought so. */
function instancesOf({ max_size, mixed_instances_policy: policy }: Values, purchase: Purchase): number {
  const { on_demand_base_capacity: base = 0, on_demand_percentage_above_base_capacity: percent = 100 } =
    policy?.instances_distribution ?? {};
  const onDemand = Math.min(max_size, base) + Math.ceil((Math.max(0, max_size - base) * percent) / 100);
  return purchase === 'on demand' ? onDemand : max_size - onDemand;
}

/** Instance types that a group may start. */
export const typesOf = ({ mixed_instances_policy: policy }: Values): string[] =>
  (policy?.launch_template?.override ?? []).map(({ instance_type }: Values) => instance_type);

/** vCPUs of a platform's instances at their maxima; of groups with types of several sizes, those of the largest. */
export async function instanceVcpus({ aws }: Site, platform: Stack, purchase: Purchase): Promise<number> {
  const groups = resourcesOf(platform, 'aws_autoscaling_group').filter((group) => instancesOf(group, purchase) > 0);
  const types = [...new Set(groups.flatMap(typesOf))];
  if (types.length === 0) return 0;
  const { InstanceTypes } = await aws()('ec2', 'describe-instance-types', '--instance-types', ...types);
  const sizes = new Map<string, number>(
    InstanceTypes.map(({ InstanceType, VCpuInfo }: Values) => [InstanceType, VCpuInfo.DefaultVCpus]),
  );
  const largest = (group: Values) => Math.max(...typesOf(group).map((type) => sizes.get(type) ?? 0));
  return groups.reduce((sum, group) => sum + instancesOf(group, purchase) * largest(group), 0);
}

/** CPU units of a vCPU. */
const UNITS = 1024;

const isOnFargate = ({ capacity_provider_strategy: strategy }: Values): boolean =>
  (strategy ?? []).some(({ capacity_provider }: Values) => capacity_provider.startsWith('FARGATE'));

/** vCPUs of a platform's tasks on Fargate at their maxima, with those that a deployment starts beside them. */
export function fargateVcpus(platform: Stack): number {
  const targets = resourcesOf(platform, 'aws_appautoscaling_target');
  const tasks = platform.resource.aws_ecs_task_definition ?? {};
  return Object.entries(platform.resource.aws_ecs_service ?? {})
    .filter(([, service]) => isOnFargate(service))
    .reduce((sum, [id, service]) => {
      const target = targets.find(({ resource_id }) => resource_id.includes(`aws_ecs_service.${id}.`));
      const task = Object.entries(tasks).find(([name]) => service.task_definition.includes(`.${name}.`))?.[1];
      const count = (target?.max_capacity ?? service.desired_count) * (service.deployment_maximum_percent / 100);
      return sum + (count * Number(task?.cpu)) / UNITS;
    }, 0);
}
