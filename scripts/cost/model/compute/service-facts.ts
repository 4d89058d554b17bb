import { CommandError } from '../../../command-line.ts';
import type { Values } from '../../../target-stack/synthesised-environment.ts';
import { type Resource, referenced } from '../resource.ts';

/** The instances that a service's tasks run on. */
export interface Fleet {
  instanceTypes: readonly string[];
  minimum: number;
  maximum: number;
  onDemandBase: number;
  /** 0 to 1, of the instances above the base. */
  onDemandShare: number;
  volumeGib: number;
}

/** An ECS service as the platform stack describes it. */
export interface ServiceFacts {
  service: string;
  address: string;
  /** CPU units, 1024 a vCPU. */
  cpu: number;
  /** MiB. */
  memory: number;
  networkMode: 'awsvpc' | 'bridge';
  architecture: 'arm64' | 'x86_64';
  minTasks: number;
  maxTasks: number;
  /** Requests per minute above which tasks are added; undefined for workers, which scale by their backlog. */
  requestsPerTaskPerMinute?: number;
  /** Seconds that a task takes for a message, as the scaling rule says; undefined for services that answer requests. */
  secondsPerMessage?: number;
  /** Messages that a task receives at once; 0 for services that receive none. */
  receivers: number;
  /** Where the tasks run: on a fleet of instances, or on capacity of AWS. */
  fleet?: Fleet;
  isFargateSpot: boolean;
}

const ofType = (resources: readonly Resource[], type: string): Resource[] =>
  resources.filter((resource) => resource.type === type);

/** Reads every ECS service. */
export const servicesOf = (resources: readonly Resource[]): ServiceFacts[] =>
  ofType(resources, 'aws_ecs_service').map((service) => serviceFacts(service, resources));

function serviceFacts({ name, address, values }: Resource, resources: readonly Resource[]): ServiceFacts {
  const task = referenced(resources, values.task_definition).values;
  const scaling = scalingOf(name, resources);
  const provider: string = values.capacity_provider_strategy?.[0]?.capacity_provider ?? 'FARGATE';
  const isFargate = provider.startsWith('FARGATE');
  return {
    service: name.replace(/_service$/, ''),
    address,
    cpu: Number(task.cpu),
    memory: Number(task.memory),
    networkMode: task.network_mode,
    architecture: task.runtime_platform.cpu_architecture === 'ARM64' ? 'arm64' : 'x86_64',
    ...scaling,
    receivers: environmentNumber(task, 'WORKER_CONCURRENCY'),
    ...(!isFargate && { fleet: fleetOf(provider, resources) }),
    isFargateSpot: provider === 'FARGATE_SPOT',
  };
}

function environmentNumber({ container_definitions }: Values, wanted: string): number {
  const [{ environment = [] }] = JSON.parse(container_definitions);
  return Number(environment.find(({ name }: Values) => name === wanted)?.value ?? 0);
}

/** The limits and target values of a service's scaling; without scaling its desired number of tasks is both limits. */
function scalingOf(service: string, resources: readonly Resource[]) {
  const target = ofType(resources, 'aws_appautoscaling_target').find(({ values }) =>
    String(values.resource_id).includes(`\${aws_ecs_service.${service}.name}`),
  );
  if (!target)
    throw new CommandError(`The service ${service} has no aws_appautoscaling_target, so its costs have no limits.`);
  const tracking = ofType(resources, 'aws_appautoscaling_policy')
    .filter(({ values }) => String(values.resource_id).includes(`.${target.name}.`))
    .flatMap(({ values }) => values.target_tracking_scaling_policy_configuration ?? []);
  const requests = tracking.find(
    ({ predefined_metric_specification: metric }: Values) =>
      metric?.predefined_metric_type === 'ALBRequestCountPerTarget',
  );
  const seconds = tracking
    .flatMap(({ customized_metric_specification: metric }: Values) => metric?.metrics ?? [])
    .map(({ expression = '' }: Values) => /visible \* ([\d.]+)/.exec(expression)?.[1])
    .find(Boolean);
  return {
    minTasks: Number(target.values.min_capacity),
    maxTasks: Number(target.values.max_capacity),
    ...(requests && { requestsPerTaskPerMinute: Number(requests.target_value) }),
    ...(seconds && { secondsPerMessage: Number(seconds) }),
  };
}

function fleetOf(provider: string, resources: readonly Resource[]): Fleet {
  const { auto_scaling_group_provider: managed } = referenced(resources, provider).values;
  const { values: group } = referenced(resources, managed.auto_scaling_group_arn);
  const { instances_distribution: distribution, launch_template: mixed } = group.mixed_instances_policy;
  const template = referenced(resources, mixed.launch_template_specification.launch_template_id).values;
  return {
    instanceTypes: mixed.override.map(({ instance_type }: Values) => instance_type),
    minimum: Number(group.min_size),
    maximum: Number(group.max_size),
    onDemandBase: Number(distribution.on_demand_base_capacity),
    onDemandShare: Number(distribution.on_demand_percentage_above_base_capacity) / 100,
    volumeGib: (template.block_device_mappings ?? [])
      .map(({ ebs }: Values) => Number(ebs?.volume_size ?? 0))
      .reduce((sum: number, size: number) => sum + size, 0),
  };
}
