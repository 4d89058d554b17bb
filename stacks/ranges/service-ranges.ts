import { tasksPerInstance } from '../compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import type { ApiServiceSettings } from '../environments/settings.ts';
import { aMonth, dollars, onDemandHour, taskMonth } from './prices.ts';
import type { Range } from './range.ts';

const SIZES =
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size';
const SCALING =
  'https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html';
const INSTANCES = 'prices of stacks/prices/us-east-1.json';

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
    low: () => 'Fargate refuses the task, because it offers no less than 256',
    high: (units) =>
      `most of the ${units / 1024} vCPUs are idle, because a service is one process and computes on one core`,
    source: SIZES,
  },
  {
    setting: 'services.*.capacity.memory',
    least: 512,
    most: 8192,
    low: (mebibytes) =>
      `a task that exceeds its ${mebibytes} MiB is killed in the middle of uploads, and fifty at once use 233 MiB`,
    high: () => `most of the memory is never used, because bytes stream through the services`,
    source: 'the measurement in stacks/environments/prod.ts',
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
    low: () => 'no task can run',
    high: (count, _, service) => `${instancesMonth(count, service)} if a flood of requests needs them`,
    source: INSTANCES,
  },
  {
    setting: 'services.*.minTasks',
    least: 1,
    most: 30,
    low: () =>
      'no request is answered, and none starts a task, because scaling counts the requests of each running task',
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
      `${requests} more requests a minute start another task, and ${(requests * maxTasks).toLocaleString('en')} requests a minute start all ${maxTasks} tasks`,
    high: (requests) => `each task must get ${Math.round(requests / 60)} requests a second before another is started`,
    source: SCALING,
  },
  {
    setting: 'services.*.targetCpu',
    least: 30,
    most: 80,
    largest: 90,
    low: (percent) => `${100 - percent} % of every vCPU is paid for and stays idle`,
    high: (percent) =>
      `a burst of requests has only the ${Math.max(0, 100 - percent)} % that is left until another task runs, which takes a minute or more`,
    source: SCALING,
  },
];
