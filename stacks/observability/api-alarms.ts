import { Construct } from 'constructs';
import { API_SERVICES } from '../edge/target-groups.ts';
import type { ApiService } from '../environments/settings.ts';
import { createAlarm, createCompositeAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { type Metric, metric } from './metrics.ts';

/** Of a hundred requests, how many may be answered by a fault of ours. */
const ERROR_PERCENT = 5;
/** Fewer in a minute are no outage, however quiet the environment is. */
const ERRORS_AT_LEAST = 5;

/**
 * Faults as percent of what was answered. The load balancer counts what it answers itself as no request, so that with nobody left to ask
 * they are a hundred percent; those of services are in both, which makes 5 of 100 out of 5.3. A minute without faults has no figure, as
 * one whose figures are still to come.
 */
const FAULT_PERCENT = {
  answers: 'faults + requests',
  percent: `IF(faults < ${ERRORS_AT_LEAST}, 0, 100 * faults / IF(answers > 0, answers, 1))`,
};

/**
 * Seconds within which 99 of 100 requests are answered. The time of an upload is that of its client's line: a minute is 20 MB at 3 Mbit/s.
 * Completing an upload in parts answers after 20 s at most; a download that waits for its rendition after 30.
 */
const SLOW_SECONDS: Record<ApiService, number> = { 'sync-upload': 60, 'async-upload': 60, download: 10 };

/** What clients notice of the services of the API; the names of the alarms that a deployment of each must not set off. */
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

/** In minutes, because a deployment waits for what it decides: three of five. */
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
    // What is slow in a period of few requests keeps the alarm as it is, and must not count when there are more again.
    periods: 3,
  });
