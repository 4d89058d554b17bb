import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js';
import { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import { WORKER_METRICS, type WorkerMetricName, workerMetric } from './metrics.ts';

interface WorkerMetricsProps {
  names: Names;
  /** Of the workers; a filter is refused before it is there. */
  logGroupName: string;
}

/**
 * Figures of the workers of this environment, read from the lines that each writes of a message. What CloudWatch makes of those lines by
 * itself knows no environment: dev's images would be in prod's mean where both are in one account. $0.30 a month and figure.
 */
export function createWorkerMetrics(scope: Construct, { names, logGroupName }: WorkerMetricsProps): void {
  const own = new Construct(scope, 'worker-metrics');
  for (const [name, unit] of Object.entries(WORKER_METRICS)) {
    const { namespace, metricName } = workerMetric(names, name as WorkerMetricName);
    new CloudwatchLogMetricFilter(own, name, {
      name: `${names.prefix}-${name}`,
      logGroupName,
      // Each of them is one number in a line, and lines without it are none of a message.
      pattern: `{ $.${name} = * }`,
      metricTransformation: { namespace, name: metricName, value: `$.${name}`, unit },
    });
  }
}
