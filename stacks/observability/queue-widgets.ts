import { namesOf } from '../../shared/contracts/names.ts';
import type { DashboardProps } from './dashboard.ts';
import { metric } from './metrics.ts';
import { lateSeconds } from './queue-alarms.ts';
import { graph, type Line, type Widget } from './widget.ts';

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

/** Graphs of waiting messages and their age. */
export function queueWidgets({ deployment, settings: { workers } }: DashboardProps): Widget[] {
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
