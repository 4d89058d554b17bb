import type { Construct } from 'constructs';
import type { WorkerSettings } from '../environments/settings.ts';
import { createAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { metric } from './metrics.ts';

/** The time that scaling out takes after the acceptable wait: its alarm, an instance, and the image. */
const SCALE_OUT_SECONDS = 600;

/** The number of seconds after which a message is late. */
export const lateSeconds = ({ acceptableLatencySeconds }: WorkerSettings): number =>
  acceptableLatencySeconds + SCALE_OUT_SECONDS;

/** Creates alarms on messages that wait too long, and on those that no worker could handle. */
export function createQueueAlarms(own: Construct, { names, settings, actions }: AlarmSources): void {
  const seconds = lateSeconds(settings.workers);
  createAlarm(own, 'late', {
    name: `${names.service('worker')}-late`,
    description: `A message waits for more than ${seconds} s: too few workers, or none that can do it.`,
    readings: {
      age: { metric: metric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: names.queue }), stat: 'Maximum' },
    },
    threshold: seconds,
    periodSeconds: 60,
    datapoints: 5,
    actions,
  });
  createAlarm(own, 'dead-letters', {
    name: `${names.prefix}-dead-letters`,
    description: 'Messages that no worker was ever done with. `npm run quarantine` shows and redrives them.',
    readings: {
      messages: {
        metric: metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: names.deadLetterQueue }),
        stat: 'Maximum',
      },
    },
    threshold: 0,
    periodSeconds: 300,
    datapoints: 1,
    periods: 1,
    // SQS reports no metrics for a queue that was idle for six hours, although the messages are still in it.
    missing: 'ignore',
    actions,
  });
}
