import { Construct } from 'constructs';
import { API_SERVICES, type ApiService } from '../environments/settings.ts';
import { createAlarm, createCompositeAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { type Metric, metric } from './metrics.ts';

/** The percentage of requests that may be answered by 5xx. */
const ERROR_PERCENT = 5;
/** Fewer errors in a minute are no outage, however quiet the environment is. */
const ERRORS_AT_LEAST = 5;

/**
 * Faults as a percentage of all answers. The load balancer does not count its own answers as requests, so with no task left they are a hundred
 * percent of all. Faults of services are counted in both numbers, so 5.3 % of requests show as 5. A minute without faults has no value, just
 * like one whose values have not arrived yet.
 */
const FAULT_PERCENT = {
  answers: 'faults + requests',
  percent: `IF(faults < ${ERRORS_AT_LEAST}, 0, 100 * faults / IF(answers > 0, answers, 1))`,
};

/**
 * Seconds within which 99 of 100 requests should be answered. The time of an upload depends on the client's connection: a minute is 20 MB at
 * 3 Mbit/s. Completing an upload in parts takes at most 20 s, and a download that waits for its rendition at most 30 s.
 */
const SLOW_SECONDS: Record<ApiService, number> = { 'sync-upload': 60, 'async-upload': 60, download: 10 };

/** Creates alarms on what clients notice of the API services. Returns, for each service, the alarms that a deployment must not set off. */
export function createApiAlarms(scope: Construct, sources: AlarmSources): Record<ApiService, string[]> {
  const { names, loadBalancer, actions } = sources;
  const own = new Construct(scope, 'api');
  const LoadBalancer = loadBalancer.arnSuffix;
  const entrance = createFaultAlarm(own, 'load-balancer', {
    name: `${names.prefix}-load-balancer-5xx`,
    description: 'The load balancer answers 502, 503 or 504 itself: no healthy task, or one that ends connections.',
    faults: metric('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', { LoadBalancer }),
    requests: metric('AWS/ApplicationELB', 'RequestCount', { LoadBalancer }),
  });
  const faults = API_SERVICES.map((service) => createServiceFaults(own, service, sources));
  createCompositeAlarm(own, 'errors', {
    name: `${names.prefix}-errors`,
    description: `More than ${ERROR_PERCENT} % of requests are answered by 5xx. The log of the service has a line for each, with its request id.`,
    of: [entrance, ...faults],
    actions,
  });
  createCompositeAlarm(own, 'slow', {
    name: `${names.prefix}-slow`,
    description: 'One of 100 requests takes too long. Look at the CPU of the service, then at DynamoDB and S3.',
    of: API_SERVICES.map((service) => createSlowAlarm(own, service, sources)),
    actions,
  });
  const entries = API_SERVICES.map((service, index) => [service, [faults[index]?.alarmName ?? '']]);
  return Object.fromEntries(entries) as Record<ApiService, string[]>;
}

interface FaultProps {
  name: string;
  description: string;
  faults: Metric;
  requests: Metric;
}

/** Evaluates three of five one-minute periods, so that a deployment need not wait long for the alarm. */
const createFaultAlarm = (own: Construct, id: string, { faults, requests, ...props }: FaultProps) =>
  createAlarm(own, `${id}-5xx`, {
    ...props,
    readings: { faults: { metric: faults, stat: 'Sum' }, requests: { metric: requests, stat: 'Sum' } },
    expressions: FAULT_PERCENT,
    threshold: ERROR_PERCENT,
    periodSeconds: 60,
    datapoints: 3,
    periods: 5,
  });

const targetsOf = ({ loadBalancer }: AlarmSources, service: ApiService) => ({
  LoadBalancer: loadBalancer.arnSuffix,
  TargetGroup: loadBalancer.targetGroups[service].arnSuffix,
});

const createServiceFaults = (own: Construct, service: ApiService, sources: AlarmSources) =>
  createFaultAlarm(own, service, {
    name: `${sources.names.service(service)}-5xx`,
    description: `${service} answers 5xx. A deployment under way is rolled back.`,
    faults: metric('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', targetsOf(sources, service)),
    requests: metric('AWS/ApplicationELB', 'RequestCount', targetsOf(sources, service)),
  });

const createSlowAlarm = (own: Construct, service: ApiService, sources: AlarmSources) =>
  createAlarm(own, `${service}-latency`, {
    name: `${sources.names.service(service)}-latency`,
    description: `One of 100 answers of ${service} begins after more than ${SLOW_SECONDS[service]} s.`,
    readings: {
      seconds: { metric: metric('AWS/ApplicationELB', 'TargetResponseTime', targetsOf(sources, service)), stat: 'p99' },
    },
    threshold: SLOW_SECONDS[service],
    periodSeconds: 300,
    datapoints: 3,
    // A period of few requests leaves the alarm as it is, and must not count when there are more requests again.
    periods: 3,
  });
