import { CPU_UNITS_PER_VCPU, memoryForTasks, tasksPerInstance } from '../../compute/instance-capacity.ts';
import { block } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { fargateMemoryOf } from './fargate-sizes.ts';
import { sizesOf } from './fleet.ts';
import { containersOf, demandOf, groupsOfTask, isFargate, networkModeOf } from './task.ts';

const of = ['aws_ecs_task_definition'];

const smallestOf = (group: Resource, inventory: Inventory) =>
  sizesOf(group, inventory).sort((a, b) => a.vCpu - b.vCpu || a.memoryMib - b.memoryMib)[0];

/** `awsvpcTrunking` gives an instance several times the interfaces, so their number no longer matters. */
const hasTrunking = (inventory: Inventory): boolean =>
  inventory
    .all('aws_ecs_account_setting_default')
    .some(({ values }) => values.name === 'awsvpcTrunking' && values.value === 'enabled');

const architectureOf = ({ values }: Resource): string =>
  block(values, 'runtime_platform')?.cpu_architecture === 'ARM64' ? 'arm64' : 'x86_64';

/** Whether a task gets the place it asks for. */
export const TASK_CHECKS: Check[] = [
  {
    id: 'IMG-TASK-001',
    of,
    reason: 'Fargate takes certain pairs of CPU and memory only, and says so when the task definition is registered.',
    remedy:
      'take a memory of that CPU size: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html.',
    find(task) {
      if (!isFargate(task)) return false;
      const { cpu, memory } = demandOf(task);
      return !fargateMemoryOf(cpu).includes(memory) && `Fargate has no size of ${cpu} CPU units and ${memory} MiB`;
    },
  },
  {
    id: 'IMG-TASK-002',
    of,
    reason:
      'Managed scaling reckons with the smallest type of a group: the task would wait for ever, and no instance would start.',
    remedy: 'take less CPU or memory for the task, or larger instance types.',
    find: (task, { inventory }) =>
      groupsOfTask(task, inventory).flatMap((group) => {
        const smallest = smallestOf(group, inventory);
        const { cpu, memory } = demandOf(task);
        if (!smallest || (cpu <= smallest.vCpu * CPU_UNITS_PER_VCPU && memory <= memoryForTasks(smallest))) return [];
        const room = `${smallest.vCpu * CPU_UNITS_PER_VCPU} CPU units and ${memoryForTasks(smallest)} MiB`;
        return [
          `a task of ${cpu} CPU units and ${memory} MiB does not fit ${smallest.name}, which has ${room} for tasks`,
        ];
      }),
  },
  {
    id: 'IMG-TASK-003',
    of,
    reason:
      'In awsvpc mode each task takes a network interface of its instance: the rest of it stays empty, and tasks wait with RESOURCE:ENI.',
    remedy: 'make tasks larger or instances smaller, use bridge mode, or switch awsvpcTrunking on.',
    find: (task, { inventory }) =>
      groupsOfTask(task, inventory).flatMap((group) => {
        const smallest = smallestOf(group, inventory);
        if (!smallest || networkModeOf(task) !== 'awsvpc' || hasTrunking(inventory)) return [];
        const room = tasksPerInstance(smallest, demandOf(task), 'bridge');
        const reached = tasksPerInstance(smallest, demandOf(task), 'awsvpc');
        return reached < room ? [`${smallest.name} has room for ${room} tasks, but interfaces for ${reached}`] : [];
      }),
  },
  {
    id: 'IMG-TASK-004',
    of,
    reason: 'The image would end with "exec format error" as soon as it is placed.',
    remedy: 'give runtime_platform the architecture of the instance types.',
    find: (task, { inventory }) =>
      groupsOfTask(task, inventory).flatMap((group) => {
        const other = sizesOf(group, inventory).find(({ architecture }) => architecture !== architectureOf(task));
        return other ? [`the task is for ${architectureOf(task)}, ${other.name} is ${other.architecture}`] : [];
      }),
  },
  {
    id: 'IMG-TASK-005',
    of,
    reason: 'Nothing can be checked of what cannot be read.',
    remedy: 'write container_definitions by JSON.stringify of plain values and references.',
    find: (task) => containersOf(task) === undefined && 'container_definitions is known only when it is applied',
  },
];
