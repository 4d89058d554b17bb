import { namesOf } from '../../shared/contracts/names.ts';
import { workerLoadOf } from '../compute/worker-load.ts';
import type { DashboardProps } from './dashboard.ts';
import { graph, type Line, type Widget } from './widget.ts';
import { type WorkerMetricName, workerMetric } from './worker-metrics.ts';

const FIVE_MINUTES = 300;

/** Graphs of the renditions that workers make, and of the time that they take. */
export function workerWidgets({ deployment, settings: { workers } }: DashboardProps): Widget[] {
  const names = namesOf(deployment);
  const own = (name: WorkerMetricName, stat: string, label: string): Line => ({
    metric: workerMetric(names, name),
    stat,
    label,
  });
  return [
    graph(deployment.region, {
      title: 'Renditions a minute',
      lines: [
        own('RenditionsReady', 'Sum', 'ready'),
        own('RenditionsFailed', 'Sum', 'failed'),
        own('RenditionsReturned', 'Sum', 'returned'),
      ],
    }),
    graph(deployment.region, {
      title: 'Seconds of a task for a message; while messages wait, what secondsPerMessage should be',
      lines: [own('Total', 'Average', 'work')],
      math: { expression: `m0 / 1000 / ${workerLoadOf(workers).concurrency}`, label: 'measured' },
      mark: { label: 'secondsPerMessage', value: workers.secondsPerMessage },
      periodSeconds: FIVE_MINUTES,
    }),
    graph(deployment.region, {
      title: 'Milliseconds until work on a message begins: median, and 99 of 100',
      lines: [own('QueueWait', 'p50', 'median'), own('QueueWait', 'p99', '99 of 100')],
      periodSeconds: FIVE_MINUTES,
    }),
  ];
}
