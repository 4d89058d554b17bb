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

/** Says what so many tasks cost a month, including the instances that they need. */
function tasksMonth(tasks: number, { capacity }: ApiServiceSettings): string {
  if (capacity.kind === 'fargate')
    return `${tasks} tasks cost ${dollars(tasks * taskMonth(capacity))} a month on Fargate`;
  const [type] = capacity.instanceTypes.flatMap((name) => INSTANCE_TYPES[name] ?? []);
  const room = type ? tasksPerInstance(type, capacity, 'awsvpc') : 1;
  const instances = Math.ceil(tasks / Math.max(1, room));
  return `${tasks} tasks need ${instances} instances, ${dollars(aMonth(onDemandHour(instances, capacity.instanceTypes)))} a month`;
}

const instancesMonth = (count: number, { capacity }: ApiServiceSettings): string => {
  const types = capacity.kind === 'ec2' ? capacity.instanceTypes : [];
  return `${count} instances cost up to ${dollars(aMonth(onDemandHour(count, types)))} a month`;
};

/** The ranges for each service of the API. */
export const SERVICE_RANGES: Range[] = [
  {
    setting: 'services.*.capacity.cpu',
    least: 256,
    most: 2048,
    low: () => 'Fargate has no less than 256',
    high: (units) =>
      `a service is one process and computes on one core, so most of ${units / 1024} vCPUs would be idle`,
    source: SIZES,
  },
  {
    setting: 'services.*.capacity.memory',
    least: 512,
    most: 8192,
    low: (mebibytes) =>
      `fifty uploads at once use 233 MiB, and a task that exceeds its ${mebibytes} MiB is killed in the middle of them`,
    high: (mebibytes) => `bytes stream through, so nothing would use ${mebibytes.toLocaleString('en')} MiB`,
    source: 'measured: stacks/environments/prod.ts',
  },
  {
    setting: 'services.*.capacity.minInstances',
    least: 1,
    most: 20,
    low: () => 'every task waits two to three minutes for its instance',
    high: (count, _, service) => `${instancesMonth(count, service)}, even without requests`,
    source: INSTANCES,
  },
  {
    setting: 'services.*.capacity.maxInstances',
    least: 1,
    most: 60,
    low: () => 'nothing could run',
    high: (count, _, service) => `${instancesMonth(count, service)} if a flood of requests needs them`,
    source: INSTANCES,
  },
  {
    setting: 'services.*.minTasks',
    least: 1,
    most: 30,
    low: () => 'scaling counts requests per task: with no task there is nothing to count, and no request is answered',
    high: (tasks, _, service) => `${tasksMonth(tasks, service)}, even without requests`,
    source: SCALING,
  },
  {
    setting: 'services.*.maxTasks',
    least: 1,
    most: 120,
    low: () => 'no request is answered',
    high: (tasks, _, service) => `${tasksMonth(tasks, service)} if a flood of requests needs them`,
    source: SIZES,
  },
  {
    setting: 'services.*.requestsPerTaskPerMinute',
    least: 100,
    most: 12_000,
    low: (requests, _, { maxTasks }) =>
      `a client with ${requests} requests a minute adds a task, and ${requests * maxTasks} requests a minute of all clients start all ${maxTasks} tasks`,
    high: (requests) => `each task must get ${Math.round(requests / 60)} requests a second before another is added`,
    source: SCALING,
  },
  {
    setting: 'services.*.targetCpu',
    least: 30,
    most: 80,
    low: (percent) => `${100 - percent} % of every vCPU are paid for and kept idle`,
    high: (percent) =>
      `a new task takes a minute or more, and until then a burst has only the ${100 - percent} % that are left`,
    source: SCALING,
  },
];
