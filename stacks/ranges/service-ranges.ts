import { tasksPerInstance } from '../compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import type { ApiServiceSettings } from '../environments/settings.ts';
import { aMonth, dollars, onDemandHour, taskMonth } from './prices.ts';
import type { Range } from './range.ts';

const SIZES =
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size';
const SCALING =
  'https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html';
const INSTANCES = 'prices of stacks/compute/instance-types.ts';

/** What so many tasks cost, with the instances that they need. */
function tasksMonth(tasks: number, { capacity }: ApiServiceSettings): string {
  if (capacity.kind === 'fargate')
    return `${tasks} tasks are ${dollars(tasks * taskMonth(capacity))} a month on Fargate`;
  const [type] = capacity.instanceTypes.flatMap((name) => INSTANCE_TYPES[name] ?? []);
  const room = type ? tasksPerInstance(type, capacity, 'awsvpc') : 1;
  const instances = Math.ceil(tasks / Math.max(1, room));
  return `${tasks} tasks need ${instances} instances, ${dollars(aMonth(onDemandHour(instances, capacity.instanceTypes)))} a month`;
}

const instancesMonth = (count: number, { capacity }: ApiServiceSettings): string => {
  const types = capacity.kind === 'ec2' ? capacity.instanceTypes : [];
  return `${count} instances are up to ${dollars(aMonth(onDemandHour(count, types)))} a month`;
};

/** Of each service of the API. */
export const SERVICE_RANGES: Range[] = [
  {
    setting: 'services.*.capacity.cpu',
    least: 256,
    most: 2048,
    low: () => 'Fargate has no less than 256',
    high: (units) => `a service is one process, which computes on one core: of ${units / 1024} vCPUs most would idle`,
    source: SIZES,
  },
  {
    setting: 'services.*.capacity.memory',
    least: 512,
    most: 8192,
    low: (mebibytes) =>
      `fifty uploads at once hold 233 MiB, and a task that goes above its ${mebibytes} is ended in the midst of them`,
    high: (mebibytes) => `bytes stream through, and nothing would use ${mebibytes.toLocaleString('en')} MiB`,
    source: 'measured: stacks/environments/prod.ts',
  },
  {
    setting: 'services.*.capacity.minInstances',
    least: 1,
    most: 20,
    low: () => 'every task waits two to three minutes for its instance',
    high: (count, _, service) => `${instancesMonth(count, service)}, whether anybody asks or not`,
    source: INSTANCES,
  },
  {
    setting: 'services.*.capacity.maxInstances',
    least: 1,
    most: 60,
    low: () => 'nothing could run',
    high: (count, _, service) => `${instancesMonth(count, service)} if a flood of requests asks for them`,
    source: INSTANCES,
  },
  {
    setting: 'services.*.minTasks',
    least: 1,
    most: 30,
    low: () => 'requests are scaled by per task: with none there is nothing to count, and nobody is answered',
    high: (tasks, _, service) => `${tasksMonth(tasks, service)}, whether anybody asks or not`,
    source: SCALING,
  },
  {
    setting: 'services.*.maxTasks',
    least: 1,
    most: 120,
    low: () => 'nobody is answered',
    high: (tasks, _, service) => `${tasksMonth(tasks, service)} if a flood of requests asks for them`,
    source: SIZES,
  },
  {
    setting: 'services.*.requestsPerTaskPerMinute',
    least: 100,
    most: 12_000,
    low: (requests, _, { maxTasks }) =>
      `a client that asks ${requests} times a minute adds a task, and ${requests * maxTasks} requests a minute of all clients have all ${maxTasks} tasks running`,
    high: (requests) => `${Math.round(requests / 60)} requests a second have to come to each task before one is added`,
    source: SCALING,
  },
  {
    setting: 'services.*.targetCpu',
    least: 30,
    most: 80,
    low: (percent) => `${100 - percent} % of every vCPU are paid for and kept idle`,
    high: (percent) =>
      `a task takes a minute or more to come, and until then a burst has only the ${100 - percent} % that are left`,
    source: SCALING,
  },
];
