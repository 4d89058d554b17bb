import { namesOf } from '../../../shared/contracts/names.ts';
import { deploymentOf } from '../../environments/deployment.ts';
import type { ApiServiceSettings, EnvironmentSettings } from '../../environments/settings.ts';
import { block, text } from '../blocks.ts';
import type { CheckContext } from '../check.ts';
import type { Resource } from '../inventory.ts';

/** The value of a setting in a resource, and in the settings. */
export type AppliedSetting = [setting: string, actual: unknown, expected: unknown];
/** Lists the settings that a resource applies; empty if it applies none. */
export type Applied = (resource: Resource, settings: EnvironmentSettings, context: CheckContext) => AppliedSetting[];

const DAY_SECONDS = 24 * 60 * 60;

/** The service that a name or a reference belongs to. */
function serviceOf(name: unknown, settings: EnvironmentSettings, { inventory }: CheckContext): string | undefined {
  const [, id] = /aws_ecs_service\.([\w-]+)\.name/.exec(text(name)) ?? [];
  const own = id ? inventory.target(`\${aws_ecs_service.${id}.name}`)?.values.name : name;
  const { service } = namesOf(deploymentOf(settings));
  return [...Object.keys(settings.services), 'worker'].find((each) => service(each) === own);
}

const apiOf = (service: string | undefined, { services }: EnvironmentSettings): ApiServiceSettings | undefined =>
  (services as Record<string, ApiServiceSettings>)[service ?? ''];

/** The settings in the fleet of an API service. After a move to Fargate the former fleet must shrink to nothing. */
function appliedToFleet({ values }: Resource, { capacity }: ApiServiceSettings, path: string): AppliedSetting[] {
  const isLeft = capacity.kind === 'fargate';
  const [own, least] = isLeft ? [capacity.formerFleet, 0] : [capacity, capacity.minInstances];
  return [
    [`${path}.minInstances`, values.min_size, least],
    [`${path}.${isLeft ? 'formerFleet.' : ''}maxInstances`, values.max_size, own?.maxInstances],
  ];
}

export const appliedToGroup: Applied = (group, settings, context) => {
  const { values } = group;
  const service = serviceOf(values.name, settings, context);
  const api = apiOf(service, settings);
  if (api) return appliedToFleet(group, api, `services.${service}.capacity`);
  if (service !== 'worker') return [];
  const { workers } = settings;
  const bought = block(values, 'mixed_instances_policy', 'instances_distribution');
  return [
    ['workers.maxInstances', values.max_size, workers.maxInstances],
    ['workers.maxInstanceLifetimeDays', values.max_instance_lifetime, workers.maxInstanceLifetimeDays * DAY_SECONDS],
    ['workers.onDemandBase', bought?.on_demand_base_capacity, workers.onDemandBase],
    ['workers.onDemandPercent', bought?.on_demand_percentage_above_base_capacity, workers.onDemandPercent],
  ];
};

export const appliedToTarget: Applied = ({ values }, settings, context) => {
  const service = serviceOf(values.resource_id, settings, context);
  const own = service === 'worker' ? settings.workers : apiOf(service, settings);
  const path = service === 'worker' ? 'workers' : `services.${service}`;
  return own
    ? [
        [`${path}.minTasks`, values.min_capacity, own.minTasks],
        [`${path}.maxTasks`, values.max_capacity, own.maxTasks],
      ]
    : [];
};

/** The settings for the targets by which policies scale the tasks of the API. */
const TARGET_SETTINGS = {
  ALBRequestCountPerTarget: 'requestsPerTaskPerMinute',
  ECSServiceAverageCPUUtilization: 'targetCpu',
} as const;

export const appliedToPolicy: Applied = ({ values }, settings, context) => {
  const tracking = block(values, 'target_tracking_scaling_policy_configuration');
  const metric = text(block(tracking, 'predefined_metric_specification')?.predefined_metric_type);
  const scaled = context.inventory.target(values.resource_id);
  const service = serviceOf(scaled?.values.resource_id, settings, context);
  if (service === 'worker' && block(tracking, 'customized_metric_specification'))
    return [['workers.acceptableLatencySeconds', tracking?.target_value, settings.workers.acceptableLatencySeconds]];
  const setting = TARGET_SETTINGS[metric as keyof typeof TARGET_SETTINGS];
  const own = apiOf(service, settings);
  return setting && own ? [[`services.${service}.${setting}`, tracking?.target_value, own[setting]]] : [];
};
