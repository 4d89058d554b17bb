import { type Argument, argumentCheck, is, isNot, isOrAbsent, isPresent, satisfying } from '../argument-check.ts';
import { blocks, strings, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import { networkModeOf, taskSizeOf } from './task.ts';

const listens = (container: Values): boolean => blocks(container, 'portMappings').length > 0;
const hasOpenFiles = (ulimits: unknown): boolean =>
  blocks({ ulimits }, 'ulimits').some(
    ({ name, softLimit }) => name === 'nofile' && (toNumber(softLimit) ?? 0) >= 65_536,
  );

const CONTAINERS: Argument[] = [
  {
    id: 'IMG-CTR-101',
    of: 'container',
    argument: 'logConfiguration.options.mode',
    must: is('non-blocking'),
    reason: 'While CloudWatch does not answer, containers that log would block, and none would start.',
  },
  {
    id: 'IMG-CTR-102',
    of: 'container',
    argument: 'essential',
    must: isNot(false),
    reason:
      'A task would count as running after its program has ended, and ECS refuses a task without an essential container.',
  },
  {
    id: 'IMG-CTR-103',
    of: 'container',
    argument: 'ulimits',
    must: satisfying('nofile of 65,536 or more', hasOpenFiles),
    where: listens,
    reason:
      'Each request needs one or two connections: with 1,024 files the service refuses requests long before it runs out of CPU.',
  },
  {
    id: 'IMG-CTR-104',
    of: 'container',
    argument: 'linuxParameters.initProcessEnabled',
    must: is(true),
    reason: 'Without an init process, zombie processes pile up until no new process can start.',
  },
  {
    id: 'IMG-CTR-105',
    of: 'container',
    argument: 'linuxParameters.capabilities.drop',
    must: satisfying('["ALL"]', (dropped) => strings(dropped).includes('ALL')),
    reason: 'An exploited decoder would have fourteen capabilities of root that nothing here needs.',
  },
  {
    id: 'IMG-CTR-106',
    of: 'container',
    argument: 'portMappings.hostPort',
    must: isOrAbsent(0),
    where: (_part, _context, task) => networkModeOf(task) === 'bridge',
    reason: 'With a fixed port only one task fits on an instance, and a deployment waits for a free instance.',
  },
  {
    id: 'IMG-CTR-107',
    of: 'container',
    argument: 'healthCheck.command',
    must: isPresent('a command that checks the health of the worker'),
    where: (container) => !listens(container),
    reason: 'No load balancer checks workers, so a worker that hangs would run for ever.',
  },
  {
    id: 'IMG-CTR-108',
    of: 'container',
    argument: 'healthCheck.command',
    must: satisfying('a command of node', (command) => !/\b(curl|wget)\b/.test(strings(command).join(' '))),
    reason: 'The image has neither curl nor wget, so every task would be unhealthy and be stopped.',
  },
  {
    id: 'IMG-CTR-109',
    of: 'container',
    argument: 'memory',
    must: satisfying(
      'at most the memory of its task',
      (memory, task) => (toNumber(memory) ?? 0) <= taskSizeOf(task).memory,
    ),
    reason: 'ECS refuses a container that is larger than its task.',
  },
  {
    id: 'IMG-CTR-110',
    of: 'container',
    argument: 'logConfiguration.options.awslogs-region',
    must: satisfying('the region of the environment', (region, _, settings) => !settings || region === settings.region),
    reason: 'Fargate refuses a log driver without a region, and the log group exists in no other region.',
  },
];

/** Arguments of containers. */
export const CONTAINER_ARGUMENT_CHECKS: Check[] = CONTAINERS.map(argumentCheck);
