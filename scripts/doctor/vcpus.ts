import {
  resourcesOf,
  type Stack,
  type SynthesisedEnvironment,
  type Values,
} from '../target-stack/synthesised-environment.ts';

export type Purchase = 'on demand' | 'spot';

/** How many instances of a group at its maximum are bought in this way. */
function instancesOf({ max_size, mixed_instances_policy: policy }: Values, purchase: Purchase): number {
  const { on_demand_base_capacity: base = 0, on_demand_percentage_above_base_capacity: percent = 100 } =
    policy?.instances_distribution ?? {};
  const onDemand = Math.min(max_size, base) + Math.ceil((Math.max(0, max_size - base) * percent) / 100);
  return purchase === 'on demand' ? onDemand : max_size - onDemand;
}

/** The instance types that a group may start. */
export const typesOf = ({ mixed_instances_policy: policy }: Values): string[] =>
  (policy?.launch_template?.override ?? []).map(({ instance_type }: Values) => instance_type);

const groupsOf = (platform: Stack): Values[] => resourcesOf(platform, 'aws_autoscaling_group');

const sizesOf = new WeakMap<SynthesisedEnvironment, Promise<Map<string, number>>>();

/** The vCPUs of every instance type that the account's platforms may start. AWS is asked once. */
async function askSizes({ aws, platforms }: SynthesisedEnvironment): Promise<Map<string, number>> {
  const types = new Set(Object.values(platforms).flatMap((platform) => groupsOf(platform).flatMap(typesOf)));
  if (types.size === 0) return new Map();
  const { InstanceTypes } = await aws()('ec2', 'describe-instance-types', '--instance-types', ...types);
  return new Map(InstanceTypes.map(({ InstanceType, VCpuInfo }: Values) => [InstanceType, VCpuInfo.DefaultVCpus]));
}

/** The vCPUs of a platform's instances at their maxima. Groups with types of several sizes count with the largest. */
export async function instanceVcpus(
  checked: SynthesisedEnvironment,
  platform: Stack,
  purchase: Purchase,
): Promise<number> {
  const asked = sizesOf.get(checked) ?? askSizes(checked);
  sizesOf.set(checked, asked);
  const sizes = await asked;
  const largest = (group: Values) => Math.max(...typesOf(group).map((type) => sizes.get(type) ?? 0));
  return groupsOf(platform).reduce((sum, group) => {
    const instances = instancesOf(group, purchase);
    return instances === 0 ? sum : sum + instances * largest(group);
  }, 0);
}

/** CPU units of one vCPU. */
const UNITS = 1024;

const isOnFargate = ({ capacity_provider_strategy: strategy }: Values): boolean =>
  (strategy ?? []).some(({ capacity_provider }: Values) => capacity_provider.startsWith('FARGATE'));

/** The vCPUs of a platform's tasks on Fargate at their maxima, including those that a deployment starts in addition. */
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
