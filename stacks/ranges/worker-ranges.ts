import type { EnvironmentSettings } from '../environments/settings.ts';
import { aMonth, dollars, onDemandHour, spotHour } from './prices.ts';
import type { Range } from './range.ts';

const MEASURED = 'docs/performance.md (0.17 s for a photograph of 24 megapixels on two cores)';
const PRICES = 'prices of stacks/prices/us-east-1.json';
const MANAGED_SCALING = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html';
const LIFETIME = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html';

const hour = (count: number, { workers: { instanceTypes: types } }: EnvironmentSettings): string =>
  `${dollars(spotHour(count, types))} an hour on spot and ${dollars(onDemandHour(count, types))} on demand`;

/** The ranges for the workers on spot. */
export const WORKER_RANGES: Range[] = [
  {
    setting: 'workers.onDemandBase',
    least: 0,
    most: 10,
    high: (count, { workers }) =>
      `${count} instances cost ${dollars(aMonth(onDemandHour(count, workers.instanceTypes)))} a month if tasks need them, and ${dollars(aMonth(spotHour(count, workers.instanceTypes)))} on spot`,
    source: PRICES,
  },
  {
    setting: 'workers.minTasks',
    least: 0,
    most: 20,
    high: (count, settings) => `${count} instances with one task each cost ${hour(count, settings)}, even when idle`,
    source: PRICES,
  },
  {
    setting: 'workers.maxTasks',
    least: 1,
    most: 100,
    low: () => 'no rendition is ever made',
    high: (count, settings) => `${count} tasks on instances of their own cost ${hour(count, settings)}`,
    source: PRICES,
  },
  {
    setting: 'workers.maxInstances',
    least: 1,
    most: 100,
    low: () => 'no rendition is ever made',
    high: (count, settings) => `a backlog, perhaps one caused on purpose, costs ${hour(count, settings)}`,
    source: PRICES,
  },
  {
    setting: 'workers.acceptableLatencySeconds',
    least: 10,
    most: 900,
    low: () =>
      `every burst starts many instances that arrive when it is over, because an instance takes three minutes to start`,
    high: (seconds) => `images wait for up to ${Math.round(seconds / 60)} minutes before another task is started`,
    source: MANAGED_SCALING,
  },
  {
    setting: 'workers.secondsPerMessage',
    least: 0.05,
    most: 3,
    low: (seconds) =>
      `scaling assumes that work on images is ${Math.round(0.2 / seconds)} times as fast as it is, and starts too few tasks`,
    high(seconds, settings) {
      const { acceptableLatencySeconds, maxTasks, maxInstances } = settings.workers;
      const messages = Math.ceil((maxTasks * acceptableLatencySeconds) / seconds);
      return `${messages} waiting messages start all ${maxTasks} tasks, which cost ${hour(maxInstances, settings)}, although the measured work on a message takes 0.2 s`;
    },
    source: MEASURED,
  },
  {
    setting: 'workers.maxInstanceLifetimeDays',
    least: 1,
    most: 30,
    low: () => 'AWS refuses the fleet, because it accepts no less than a day',
    high: (days) => `a security update of the AMI takes ${days} days to reach every instance`,
    source: LIFETIME,
  },
];
