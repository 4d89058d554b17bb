import { blocks, strings, text, toNumber, type Values } from '../blocks.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { parseJson } from '../json-text.ts';
import { groupsOfService } from './fleet.ts';

/** The containers of a task definition; undefined if they are not known at synth. */
export function containersOf({ values }: Resource): Values[] | undefined {
  const parsed = parseJson(values.container_definitions);
  return Array.isArray(parsed) ? blocks({ parsed }, 'parsed') : undefined;
}

/** The variables in plain text of a container, by name. */
export const variablesOf = (container: Values): Map<string, string> =>
  new Map(blocks(container, 'environment').map(({ name, value }) => [text(name), text(value)]));

export const secretNamesOf = (container: Values): string[] =>
  blocks(container, 'secrets').map(({ name }) => text(name));

export const isFargate = ({ values }: Resource): boolean =>
  strings(values.requires_compatibilities).includes('FARGATE');

/** CPU and memory of the task, or the sum of its containers if the task does not set them. */
export function taskSizeOf(task: Resource): { cpu: number; memory: number } {
  const containers = containersOf(task) ?? [];
  const sum = (name: string) => containers.reduce((total, container) => total + (toNumber(container[name]) ?? 0), 0);
  return {
    cpu: toNumber(task.values.cpu) ?? sum('cpu'),
    memory: toNumber(task.values.memory) ?? (sum('memory') || sum('memoryReservation')),
  };
}

/** The network mode, which is bridge by default on EC2. */
export const networkModeOf = (task: Resource): string =>
  text(task.values.network_mode) || (isFargate(task) ? 'awsvpc' : 'bridge');

const servicesOf = (task: Resource, inventory: Inventory): Resource[] =>
  inventory.pointingAt(task, 'aws_ecs_service', 'task_definition', 'arn', 'family');

/** The auto scaling groups on which the services of a task definition run. */
export const groupsOfTask = (task: Resource, inventory: Inventory): Resource[] => [
  ...new Map(
    servicesOf(task, inventory)
      .flatMap((service) => groupsOfService(service, inventory))
      .map((group) => [group.address, group]),
  ).values(),
];
