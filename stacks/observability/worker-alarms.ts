import { Construct } from 'constructs';
import { workerLoadOf } from '../compute/container-environment.ts';
import type { WorkerSettings } from '../environments/settings.ts';
import { createAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { metric, workerMetric } from './metrics.ts';

/** What scaling needs after the wait it allows: its alarm, an instance, the image. */
const SCALE_OUT_SECONDS = 600;

/** Seconds that no message should wait. */
export const lateSeconds = ({ acceptableLatencySeconds }: WorkerSettings): number =>
  acceptableLatencySeconds + SCALE_OUT_SECONDS;

/** Renditions that are not made, in percent. What users upload is broken now and then; never a quarter of it. */
const FAILURE_PERCENT = 25;
/** The three are numbers of the same lines: a minute in which no message was done with has none of them. */
const FAILED = {
  all: 'ready + failed + returned',
  percent: 'IF(all < 20, 0, 100 * (all - ready) / IF(all > 0, all, 1))',
};

/**
 * Seconds that a task takes for a message, in units of those that the settings say. A worker holds several messages at once, and what it
 * takes for all of them shows only while it has as many as it can hold: when more wait.
 */
const paceOf = (workers: WorkerSettings): string =>
  `total / ${workers.secondsPerMessage * workerLoadOf(workers).concurrency * 1000}`;

/**
 * Twice as slow: the backlog is twice as long as scaling thinks. Twice as fast: half of the workers would do. Where messages wait and
 * nobody is done with one, which is a pace of 0 or none, the workers are dead, and other alarms tell.
 */
const OFF_PACE = '(waiting > 0) AND ((pace > 2) OR ((pace > 0) AND (pace < 0.5)))';

/** What hurts those who wait for renditions; the names of the alarms that a deployment of the workers must not set off. */
export function createWorkerAlarms(scope: Construct, sources: AlarmSources): string[] {
  const own = new Construct(scope, 'worker');
  createQueueAlarms(own, sources);
  createPaceAlarm(own, sources);
  const { names, actions } = sources;
  const read = (name: Parameters<typeof workerMetric>[1]) => ({ metric: workerMetric(names, name), stat: 'Sum' });
  const failures = createAlarm(own, 'failures', {
    name: `${names.service('worker')}-failures`,
    description: `More than ${FAILURE_PERCENT} % of renditions are not made. \`npm run quarantine\` tells why. A deployment under way is rolled back.`,
    readings: {
      ready: read('RenditionsReady'),
      failed: read('RenditionsFailed'),
      returned: read('RenditionsReturned'),
    },
    expressions: FAILED,
    threshold: FAILURE_PERCENT,
    periodSeconds: 60,
    datapoints: 3,
    periods: 5,
    actions,
  });
  return [failures.alarmName];
}

function createQueueAlarms(own: Construct, { names, settings, actions }: AlarmSources): void {
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
    // SQS reports nothing of a queue that nobody has used for six hours; the messages are in it nevertheless.
    missing: 'ignore',
    actions,
  });
}

/** Three times in an hour: one album of panoramas is no reason to change the settings. */
const createPaceAlarm = (own: Construct, { names, settings, actions }: AlarmSources) =>
  createAlarm(own, 'pace', {
    name: `${names.service('worker')}-pace`,
    description: `A message takes twice or half of secondsPerMessage (${settings.workers.secondsPerMessage}), by which the workers scale. The dashboard has the figure for the settings.`,
    readings: {
      // The least of five minutes: above zero, messages waited all the time.
      waiting: {
        metric: metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: names.queue }),
        stat: 'Minimum',
      },
      total: { metric: workerMetric(names, 'Total'), stat: 'Average' },
    },
    expressions: { pace: paceOf(settings.workers), off: OFF_PACE },
    threshold: 0,
    periodSeconds: 300,
    datapoints: 3,
    periods: 12,
    actions,
  });
