import { Construct } from 'constructs';
import { workerLoadOf } from '../compute/worker-load.ts';
import type { WorkerSettings } from '../environments/settings.ts';
import { createAlarm } from './alarm.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { metric } from './metrics.ts';
import { createQueueAlarms } from './queue-alarms.ts';
import { workerMetric } from './worker-metrics.ts';

/** The percentage of failed renditions that sets off the alarm. Users upload broken images now and then, but never a quarter of all. */
const FAILURE_PERCENT = 25;
/** All three come from the same log lines, so a minute in which no message was finished has none of them. */
const FAILED = {
  all: 'ready + failed + returned',
  percent: 'IF(all < 20, 0, 100 * (all - ready) / IF(all > 0, all, 1))',
};

/**
 * The time that a task takes per message, relative to `secondsPerMessage`. A worker holds several messages at once, so this can be measured only
 * while it has as many as it can hold, which is when more are waiting.
 */
const paceOf = (workers: WorkerSettings): string =>
  `total / ${workers.secondsPerMessage * workerLoadOf(workers).concurrency * 1000}`;

/**
 * At twice the time, the backlog is twice as long as scaling assumes; at half, half of the workers would suffice. If messages wait and none is
 * finished, the pace is 0 or missing: the workers are dead, which other alarms report.
 */
const OFF_PACE = '(waiting > 0) AND ((pace > 2) OR ((pace > 0) AND (pace < 0.5)))';

/** Creates alarms on what affects clients that wait for renditions. Returns the alarms that a deployment of the workers must not set off. */
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

/** The pace must be off three times within an hour, because one album of panoramas is no reason to change the settings. */
const createPaceAlarm = (own: Construct, { names, settings, actions }: AlarmSources) =>
  createAlarm(own, 'pace', {
    name: `${names.service('worker')}-pace`,
    description: `A message takes twice or half of secondsPerMessage (${settings.workers.secondsPerMessage}), by which the workers scale. The dashboard has the figure for the settings.`,
    readings: {
      // If the minimum of five minutes is above zero, messages waited all the time.
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
