import { CPU_UNITS_PER_VCPU, memoryForTasks, tasksPerInstance } from '../../compute/instance-capacity.ts';
import { type Argument, argumentCheck, is, isAbsent, isNot, isPresent, satisfying } from '../argument-check.ts';
import { block } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { fargateMemoryOf } from './fargate-sizes.ts';
import { sizesOf } from './fleet.ts';
import { containersOf, groupsOfTask, isFargate, networkModeOf, taskSizeOf } from './task.ts';

const TASK = 'aws_ecs_task_definition';
const of = [TASK];

const smallestOf = (group: Resource, inventory: Inventory) =>
  sizesOf(group, inventory).sort((a, b) => a.vCpu - b.vCpu || a.memoryMib - b.memoryMib)[0];

/** Whether `awsvpcTrunking` is on, which multiplies the interfaces of an instance so that their number no longer matters. */
const hasTrunking = (inventory: Inventory): boolean =>
  inventory
    .all('aws_ecs_account_setting_default')
    .some(({ values }) => values.name === 'awsvpcTrunking' && values.value === 'enabled');

const architectureOf = ({ values }: Resource): string =>
  block(values, 'runtime_platform')?.cpu_architecture === 'ARM64' ? 'arm64' : 'x86_64';

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-TASK-101',
    of: TASK,
    argument: 'skip_destroy',
    must: is(true),
    reason: 'Terraform would deregister the revision that a rollback needs.',
  },
  {
    id: 'IMG-TASK-102',
    of: TASK,
    argument: 'network_mode',
    must: isNot('host', 'none'),
    reason:
      'A container on the network of its host can read the credentials of the instance, whatever its task role is.',
  },
  {
    id: 'IMG-TASK-103',
    of: TASK,
    argument: 'pid_mode',
    must: isAbsent,
    reason: 'A container could see the processes of others, with their environment variables.',
  },
  {
    id: 'IMG-TASK-104',
    of: TASK,
    argument: 'execution_role_arn',
    must: isPresent('a role that may pull the image and read the secrets'),
    reason: 'ECS could neither pull the image nor read the secrets, so tasks would stop before they start.',
  },
  {
    id: 'IMG-TASK-105',
    of: TASK,
    argument: 'task_role_arn',
    must: satisfying(
      'a role of its own',
      (role, { values }) => role !== undefined && role !== values.execution_role_arn,
    ),
    reason:
      'Without a task role the service may do nothing, and with the execution role it could pull images and read secrets.',
  },
];

/** Task definitions: their arguments, and whether tasks fit on their instances or Fargate offers their size. */
export const TASK_CHECKS: Check[] = [
  ...ARGUMENTS.map(argumentCheck),
  {
    id: 'IMG-TASK-001',
    of,
    reason:
      'Fargate accepts only certain pairs of CPU and memory, and refuses others when the task definition is registered.',
    remedy:
      'choose a memory size for that CPU size from https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html.',
    find(task) {
      if (!isFargate(task)) return false;
      const { cpu, memory } = taskSizeOf(task);
      return !fargateMemoryOf(cpu).includes(memory) && `Fargate has no size of ${cpu} CPU units and ${memory} MiB`;
    },
  },
  {
    id: 'IMG-TASK-002',
    of,
    reason:
      'Managed scaling calculates with the smallest type of a group: the task would wait for ever, and no instance would start.',
    remedy: 'give the task less CPU or memory, or use larger instance types.',
    find: (task, { inventory }) =>
      groupsOfTask(task, inventory).flatMap((group) => {
        const smallest = smallestOf(group, inventory);
        const { cpu, memory } = taskSizeOf(task);
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
      'In awsvpc mode each task needs a network interface of its instance: part of the instance stays unused, and tasks wait with RESOURCE:ENI.',
    remedy: 'use larger tasks, smaller instances or bridge mode, or switch awsvpcTrunking on.',
    find: (task, { inventory }) =>
      groupsOfTask(task, inventory).flatMap((group) => {
        const smallest = smallestOf(group, inventory);
        if (!smallest || networkModeOf(task) !== 'awsvpc' || hasTrunking(inventory)) return [];
        const room = tasksPerInstance(smallest, taskSizeOf(task), 'bridge');
        const reached = tasksPerInstance(smallest, taskSizeOf(task), 'awsvpc');
        return reached < room ? [`${smallest.name} has room for ${room} tasks, but interfaces for ${reached}`] : [];
      }),
  },
  {
    id: 'IMG-TASK-004',
    of,
    reason: 'The task would end with "exec format error" as soon as it starts.',
    remedy: 'set runtime_platform to the architecture of the instance types.',
    find: (task, { inventory }) =>
      groupsOfTask(task, inventory).flatMap((group) => {
        const other = sizesOf(group, inventory).find(({ architecture }) => architecture !== architectureOf(task));
        return other ? [`the task is for ${architectureOf(task)}, ${other.name} is ${other.architecture}`] : [];
      }),
  },
  {
    id: 'IMG-TASK-005',
    of,
    reason: 'Containers that are unknown at synth cannot be checked.',
    remedy: 'build container_definitions by JSON.stringify from plain values and references.',
    find: (task) => containersOf(task) === undefined && 'container_definitions is known only at apply',
  },
];
