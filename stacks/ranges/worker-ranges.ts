import type { EnvironmentSettings } from '../environments/settings.ts';
import { aMonth, dollars, onDemandHour, spotHour } from './prices.ts';
import type { Range } from './range.ts';

const MEASURED = 'docs/performance.md: 0.17 s for a photograph of 24 megapixels on two cores';
const PRICES = 'prices of stacks/compute/instance-types.ts; spot is about 60 % less';
const MANAGED_SCALING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html';
const LIFETIME = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html';

const hour = (count: number, { workers: { instanceTypes: types } }: EnvironmentSettings): string =>
  `${dollars(spotHour(count, types))} an hour on spot and ${dollars(onDemandHour(count, types))} on demand`;

/** Of the workers on spot. */
export const WORKER_RANGES: Range[] = [
  {
    setting: 'workers.onDemandBase',
    least: 0,
    most: 10,
    high: (count, { workers }) =>
      `${count} instances are ${dollars(aMonth(onDemandHour(count, workers.instanceTypes)))} a month if tasks want them, at two and a half times the price of spot`,
    source: PRICES,
  },
  {
    setting: 'workers.minTasks',
    least: 0,
    most: 20,
    high: (count, settings) => `${count} instances of one task are ${hour(count, settings)}, with nothing to do too`,
    source: PRICES,
  },
  {
    setting: 'workers.maxTasks',
    least: 1,
    most: 100,
    low: () => 'no image would ever be made',
    high: (count, settings) => `${count} tasks on instances of their own are ${hour(count, settings)}`,
    source: PRICES,
  },
  {
    setting: 'workers.maxInstances',
    least: 1,
    most: 100,
    low: () => 'no image would ever be made',
    high: (count, settings) => `a backlog, or somebody who makes one, costs ${hour(count, settings)}`,
    source: PRICES,
  },
  {
    setting: 'workers.acceptableLatencySeconds',
    least: 10,
    most: 900,
    low: (seconds) =>
      `an instance takes three minutes to come: at ${seconds} s every burst starts many that come when it is over`,
    high: (seconds) => `with one task running, images wait ${Math.round(seconds / 60)} minutes before another is added`,
    source: MANAGED_SCALING,
  },
  {
    setting: 'workers.secondsPerMessage',
    least: 0.05,
    most: 3,
    low: (seconds) =>
      `scaling would take images for ${Math.round(0.2 / seconds)} times as quick as they are, and tasks would be too few`,
    high(seconds, settings) {
      const { acceptableLatencySeconds, maxTasks, maxInstances } = settings.workers;
      const messages = Math.ceil((maxTasks * acceptableLatencySeconds) / seconds);
      return `${messages} messages that wait start all ${maxTasks} tasks, ${hour(maxInstances, settings)}, where measured work takes 0.2 s`;
    },
    source: MEASURED,
  },
  {
    setting: 'workers.maxInstanceLifetimeDays',
    least: 1,
    most: 30,
    low: () => 'AWS takes no less than a day',
    high: (days) => `an update of the AMI that closes a hole takes ${days} days to reach every instance`,
    source: LIFETIME,
  },
];
