import { type Names, namesOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { workerLoadOf } from '../compute/container-environment.ts';
import type { DashboardProps } from './dashboard.ts';
import { graph, type Line, type Widget } from './dashboard-widgets.ts';
import { metric, type WorkerMetricName, workerMetric } from './metrics.ts';
import { lateSeconds } from './worker-alarms.ts';

const FIVE_MINUTES = 300;

/** Graphs of waiting messages, their age, and the results of the work on them. */
export const workerWidgets = (props: DashboardProps): Widget[] => [...queueWidgets(props), ...workWidgets(props)];

const QUEUE_METRICS = {
  waiting: 'ApproximateNumberOfMessagesVisible',
  inHand: 'ApproximateNumberOfMessagesNotVisible',
  age: 'ApproximateAgeOfOldestMessage',
} as const;

const queueLine = (name: keyof typeof QUEUE_METRICS, QueueName: string, label: string): Line => ({
  metric: metric('AWS/SQS', QUEUE_METRICS[name], { QueueName }),
  stat: 'Maximum',
  label,
});

function queueWidgets({ deployment, settings: { workers } }: DashboardProps): Widget[] {
  const names = namesOf(deployment);
  return [
    graph(deployment.region, {
      title: 'Messages',
      lines: [
        queueLine('waiting', names.queue, 'wait'),
        queueLine('inHand', names.queue, 'in hand'),
        queueLine('waiting', names.deadLetterQueue, 'dead letters'),
      ],
    }),
    graph(deployment.region, {
      title: 'Age of the oldest message, seconds',
      lines: [queueLine('age', names.queue, 'age')],
      mark: { label: 'alarm', value: lateSeconds(workers) },
    }),
  ];
}

function workWidgets({ deployment, settings: { workers } }: DashboardProps): Widget[] {
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

/** Graphs of running tasks, their CPU and memory, and spot interruptions. */
export function capacityWidgets({ deployment, cluster }: DashboardProps): Widget[] {
  const names = namesOf(deployment);
  const lines = (read: (ofService: { ClusterName: string; ServiceName: string }) => Line['metric']): Line[] =>
    SERVICE_NAMES.map((service) => ({
      metric: read({ ClusterName: cluster.name, ServiceName: names.service(service) }),
      stat: 'Average',
      label: service,
    }));
  return [
    graph(deployment.region, {
      title: 'Tasks that run',
      lines: lines((ofService) => metric('ECS/ContainerInsights', 'RunningTaskCount', ofService)),
    }),
    graph(deployment.region, {
      title: 'CPU, percent of the task',
      lines: lines((ofService) => metric('AWS/ECS', 'CPUUtilization', ofService)),
    }),
    graph(deployment.region, {
      title: 'Memory, percent of the task',
      lines: lines((ofService) => metric('AWS/ECS', 'MemoryUtilization', ofService)),
    }),
    graph(deployment.region, {
      title: "Workers' instances; right: spot instances that EC2 takes back in the account",
      lines: spotLines(names),
      periodSeconds: FIVE_MINUTES,
    }),
  ];
}

function spotLines(names: Names): Line[] {
  const ofFleet = { AutoScalingGroupName: names.service('worker') };
  const instances = (name: 'GroupInServiceInstances' | 'GroupMaxSize', label: string): Line => ({
    metric: metric('AWS/AutoScaling', name, ofFleet),
    stat: 'Average',
    label,
  });
  const taken = (event: 'interruption' | 'rebalance'): Line => ({
    metric: metric('AWS/Events', 'MatchedEvents', { RuleName: `${names.prefix}-spot-${event}` }),
    stat: 'Sum',
    label: event,
    isRight: true,
  });
  return [
    instances('GroupInServiceInstances', 'instances'),
    instances('GroupMaxSize', 'at most'),
    taken('interruption'),
    taken('rebalance'),
  ];
}
