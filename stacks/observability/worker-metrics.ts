import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js';
import { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { Metric } from './metrics.ts';

/** The figures used here that workers log for each message (containers/worker/metrics/cloudwatch-metrics.ts), with their units. */
export const WORKER_METRICS = {
  RenditionsReady: 'Count',
  RenditionsFailed: 'Count',
  RenditionsReturned: 'Count',
  QueueWait: 'Milliseconds',
  Total: 'Milliseconds',
} as const;

export type WorkerMetricName = keyof typeof WORKER_METRICS;

/** A metric of the workers of one environment, extracted from their log. */
export const workerMetric = ({ prefix }: Pick<Names, 'prefix'>, metricName: WorkerMetricName): Metric => ({
  namespace: prefix,
  metricName,
});

interface WorkerMetricsProps {
  names: Names;
  /** The log group of the workers, which must exist before a filter on it. */
  logGroupName: string;
}

/**
 * Extracts metrics of this environment's workers from the line that they log for each message. The metrics that CloudWatch extracts by itself do
 * not distinguish environments: in a shared account, dev's images would count in prod's averages. Each metric costs $0.30 a month.
 */
export function createWorkerMetrics(scope: Construct, { names, logGroupName }: WorkerMetricsProps): void {
  const own = new Construct(scope, 'worker-metrics');
  for (const [name, unit] of Object.entries(WORKER_METRICS)) {
    const { namespace, metricName } = workerMetric(names, name as WorkerMetricName);
    new CloudwatchLogMetricFilter(own, name, {
      name: `${names.prefix}-${name}`,
      logGroupName,
      // Matches only lines that have the figure, which are those about a message.
      pattern: `{ $.${name} = * }`,
      metricTransformation: { namespace, name: metricName, value: `$.${name}`, unit },
    });
  }
}
