import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { ServiceName } from '../../shared/contracts/services.ts';
import { API_SERVICES, type EnvironmentSettings } from '../environments/settings.ts';
import { createAlarm, createCompositeAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { metric } from './metrics.ts';

/** Longer than a start from nothing takes: a scaling step, an instance, and its image. */
const SHORTAGE_MINUTES = 15;

/** The number of desired tasks that do not run. */
const MISSING_TASKS = 'FILL(desired, 0) - FILL(running, 0)';

const hasInstances = ({ services }: EnvironmentSettings, service: ServiceName): boolean =>
  service === 'worker' || services[service].capacity.kind === 'ec2';

/** Creates alarms on missing capacity: one for the API, and one for the workers, whose spot capacity may be short for days. */
export function createCapacityAlarms(scope: Construct, sources: AlarmSources): void {
  const { names, actions } = sources;
  const own = new Construct(scope, 'capacity');
  createCompositeAlarm(own, 'api', {
    name: `${names.prefix}-capacity`,
    description:
      'A service of the API has fewer healthy tasks than it should: none fit, none start, or none stay. See the events of its ECS service.',
    of: API_SERVICES.flatMap((service) => [
      ...createShortages(own, service, sources),
      createUnhealthyAlarm(own, service, sources),
    ]),
    actions,
  });
  createCompositeAlarm(own, 'workers', {
    name: `${names.service('worker')}-capacity`,
    description:
      'Fewer workers run than are wanted. In a spot drought: add instance types, or raise onDemandBase or onDemandPercent.',
    of: createShortages(own, 'worker', sources),
    actions,
  });
}

function createShortages(own: Construct, service: ServiceName, sources: AlarmSources): CloudwatchMetricAlarm[] {
  const { names, cluster, settings } = sources;
  const ofService = { ClusterName: cluster.name, ServiceName: names.service(service) };
  const fifteenMinutes = { periodSeconds: 60, datapoints: SHORTAGE_MINUTES };
  const tasks = createAlarm(own, `${service}-tasks`, {
    ...fifteenMinutes,
    name: `${names.service(service)}-tasks-missing`,
    description: `Fewer tasks of ${service} run than are wanted.`,
    readings: {
      desired: { metric: metric('ECS/ContainerInsights', 'DesiredTaskCount', ofService), stat: 'Average' },
      running: { metric: metric('ECS/ContainerInsights', 'RunningTaskCount', ofService), stat: 'Average' },
    },
    expressions: { missing: MISSING_TASKS },
    threshold: 0,
  });
  if (!hasInstances(settings, service)) return [tasks];
  const ofProvider = { ClusterName: cluster.name, CapacityProviderName: names.service(service) };
  const instances = createAlarm(own, `${service}-instances`, {
    ...fifteenMinutes,
    name: `${names.service(service)}-instances-missing`,
    description: `Instances of ${service} that its tasks need do not come: at maxInstances, or EC2 has none.`,
    readings: {
      // The instances needed as a percentage of those that exist: above 100, tasks wait.
      reservation: {
        metric: metric('AWS/ECS/ManagedScaling', 'CapacityProviderReservation', ofProvider),
        stat: 'Average',
      },
    },
    threshold: 100,
  });
  return [tasks, instances];
}

const createUnhealthyAlarm = (own: Construct, service: (typeof API_SERVICES)[number], sources: AlarmSources) =>
  createAlarm(own, `${service}-unhealthy`, {
    name: `${sources.names.service(service)}-unhealthy`,
    description: `Tasks of ${service} do not answer their health check.`,
    readings: {
      unhealthy: {
        metric: metric('AWS/ApplicationELB', 'UnHealthyHostCount', {
          LoadBalancer: sources.loadBalancer.arnSuffix,
          TargetGroup: sources.loadBalancer.targetGroups[service].arnSuffix,
        }),
        stat: 'Maximum',
      },
    },
    threshold: 0,
    periodSeconds: 60,
    // ECS replaces an unhealthy task within a minute or two; if it lasts longer, ECS cannot fix it.
    datapoints: 10,
  });
