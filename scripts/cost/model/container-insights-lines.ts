import type { Values } from '../../target-stack/synthesised-environment.ts';
import { GB } from '../lifecycle/storage-classes.ts';
import { type Range, sumOf } from '../report/cost-report.ts';
import { always, type Billed, kept, scaled } from './charge.ts';
import { serviceCounts } from './compute/service-counts.ts';
import type { ServiceFacts } from './compute/service-facts.ts';
import type { Context } from './context.ts';
import type { Resource } from './resource.ts';

/** Metrics of Container Insights, each billed as a custom one: https://aws.amazon.com/cloudwatch/pricing/ (read 2026-11-30). */
const STANDARD = { cluster: 8, service: 11, task: 6 };

/**
 * Metrics with enhanced observability, counted from
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html (read 2026-11-30). `each` is
 * told of processor, memory, network and storage: ten for tasks and ten for containers, three more on Fargate, and one for a container with a health
 * check. Every one of them is a metric of the cluster, two of a service (by its name and by its family), and two of a task, as the page lists them.
 * The other metrics count tasks and deployments.
 */
const ENHANCED = {
  ...{ each: 20, onFargate: 3, withHealthCheck: 1 },
  ...{ ofCluster: 1, ofService: 2, ofTask: 2 },
  ...{ countsOfCluster: 3, countsOfService: 5 },
};

/** An event of about a kilobyte each minute for each task and each of its containers. It is not known to be free with enhanced observability. */
const EVENT_BYTES_A_MINUTE = 2 * 1024;
const MINUTES_A_MONTH = 730 * 60;

const tasksOf = (facts: ServiceFacts, { traffic, workload }: Context): Range =>
  serviceCounts(facts, traffic, workload).tasks;

const hasHealthCheck = ({ service }: ServiceFacts, { resources }: Context): boolean =>
  resources.some(
    ({ type, name, values }) =>
      type === 'aws_ecs_task_definition' &&
      name === `${service}_task` &&
      JSON.parse(values.container_definitions).some(({ healthCheck }: Values) => healthCheck !== undefined),
  );

/** The metrics of a service and its tasks that are told of each of them. */
const eachOf = (facts: ServiceFacts, context: Context): number =>
  ENHANCED.each +
  (facts.fleet ? 0 : ENHANCED.onFargate) +
  (hasHealthCheck(facts, context) ? ENHANCED.withHealthCheck : 0);

function enhancedMetrics(context: Context): Range {
  const { services } = context;
  const ofCluster =
    ENHANCED.countsOfCluster + ENHANCED.ofCluster * Math.max(0, ...services.map((f) => eachOf(f, context)));
  const ofServices = services.map((facts) => {
    const each = eachOf(facts, context);
    const ofTasks = scaled(tasksOf(facts, context), ENHANCED.ofTask * each);
    return sumOf([always(ENHANCED.countsOfService + ENHANCED.ofService * each), ofTasks]);
  });
  return sumOf([always(ofCluster), ...ofServices]);
}

/** Container Insights, if it is on: its metrics, and the events that they are made of. */
export function clusterLines({ address, values }: Resource, context: Context): Billed[] {
  const setting = (values.setting ?? []).find(({ name }: Values) => name === 'containerInsights')?.value;
  if (setting !== 'enabled' && setting !== 'enhanced') return [];
  const { services } = context;
  const line = (item: string, how: string, charge: Billed['charges'][number]): Billed => ({
    ...{ area: 'logs and alarms', item: `Container Insights: ${item}`, resource: address, how },
    charges: [charge],
  });
  const metrics: Billed =
    setting === 'enhanced'
      ? line('metrics', 'of the cluster, its services and each of their tasks, with enhanced observability', {
          price: 'cloudwatch.container-insights.metric',
          amount: enhancedMetrics(context),
        })
      : line(
          'metrics',
          `${STANDARD.cluster} of the cluster, ${STANDARD.service + STANDARD.task} of each service and its tasks`,
          {
            price: 'cloudwatch.metric',
            amount: kept(STANDARD.cluster + services.length * (STANDARD.service + STANDARD.task)),
          },
        );
  const tasks = sumOf(services.map((facts) => tasksOf(facts, context)));
  const events = line('events', 'two kilobytes a minute for each task', {
    price: 'cloudwatch.logs.ingest',
    amount: scaled(tasks, (EVENT_BYTES_A_MINUTE * MINUTES_A_MONTH) / GB),
  });
  return [metrics, events];
}
