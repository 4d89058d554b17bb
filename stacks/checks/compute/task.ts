import { blocks, figure, strings, text, type Values } from '../blocks.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { parseJson } from '../json-text.ts';
import { groupsOfService } from './fleet.ts';

/** The containers of a task definition; undefined where synth cannot read them. */
export function containersOf({ values }: Resource): Values[] | undefined {
  const parsed = parseJson(values.container_definitions);
  return Array.isArray(parsed) ? blocks({ parsed }, 'parsed') : undefined;
}

/** Plain variables of a container, by name. */
export const variablesOf = (container: Values): Map<string, string> =>
  new Map(blocks(container, 'environment').map(({ name, value }) => [text(name), text(value)]));

export const secretNamesOf = (container: Values): string[] =>
  blocks(container, 'secrets').map(({ name }) => text(name));

export const isFargate = ({ values }: Resource): boolean =>
  strings(values.requires_compatibilities).includes('FARGATE');

/** Of the task, or where it leaves that open, of its containers together. */
export function demandOf(task: Resource): { cpu: number; memory: number } {
  const containers = containersOf(task) ?? [];
  const sum = (name: string) => containers.reduce((total, container) => total + (figure(container[name]) ?? 0), 0);
  return {
    cpu: figure(task.values.cpu) ?? sum('cpu'),
    memory: figure(task.values.memory) ?? (sum('memory') || sum('memoryReservation')),
  };
}

/** Where nothing is said, EC2 tasks are on the bridge. */
export const networkModeOf = (task: Resource): string =>
  text(task.values.network_mode) || (isFargate(task) ? 'awsvpc' : 'bridge');

export const servicesOf = (task: Resource, inventory: Inventory): Resource[] =>
  inventory.pointingAt(task, 'aws_ecs_service', 'task_definition', 'arn', 'family');

/** The auto scaling groups that the tasks are placed on. */
export const groupsOfTask = (task: Resource, inventory: Inventory): Resource[] => [
  ...new Map(
    servicesOf(task, inventory)
      .flatMap((service) => groupsOfService(service, inventory))
      .map((group) => [group.address, group]),
  ).values(),
];
