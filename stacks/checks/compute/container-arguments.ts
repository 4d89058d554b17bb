import { type Argument, argumentCheck, fitting, is, isNot, isOrAbsent, isPresent } from '../argument-check.ts';
import { blocks, figure, strings, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import { demandOf, networkModeOf } from './task.ts';

const listens = (container: Values): boolean => blocks(container, 'portMappings').length > 0;
const hasOpenFiles = (ulimits: unknown): boolean =>
  blocks({ ulimits }, 'ulimits').some(({ name, softLimit }) => name === 'nofile' && (figure(softLimit) ?? 0) >= 65_536);

const CONTAINERS: Argument[] = [
  {
    id: 'IMG-CTR-101',
    of: 'container',
    argument: 'logConfiguration.options.mode',
    must: is('non-blocking'),
    reason: 'While CloudWatch does not answer, a container that writes a line would stand still, and none would start.',
  },
  {
    id: 'IMG-CTR-102',
    of: 'container',
    argument: 'essential',
    must: isNot(false),
    reason:
      'A task whose program has ended would be taken for running; ECS refuses one without an essential container.',
  },
  {
    id: 'IMG-CTR-103',
    of: 'container',
    argument: 'ulimits',
    must: fitting('nofile of 65,536 or more', hasOpenFiles),
    where: listens,
    reason: 'Each request takes a connection or two, and with 1,024 files the service refuses what it has CPU for.',
  },
  {
    id: 'IMG-CTR-104',
    of: 'container',
    argument: 'linuxParameters.initProcessEnabled',
    must: is(true),
    reason: 'Nobody would bury the processes that a program leaves behind, until no more can start.',
  },
  {
    id: 'IMG-CTR-105',
    of: 'container',
    argument: 'linuxParameters.capabilities.drop',
    must: fitting('["ALL"]', (dropped) => strings(dropped).includes('ALL')),
    reason: 'A hole in a decoder would have fourteen capabilities of root that nothing here needs.',
  },
  {
    id: 'IMG-CTR-106',
    of: 'container',
    argument: 'portMappings.hostPort',
    must: isOrAbsent(0),
    where: (_part, _context, task) => networkModeOf(task) === 'bridge',
    reason: 'A fixed port lets one task an instance run, and a deployment waits for an instance without one.',
  },
  {
    id: 'IMG-CTR-107',
    of: 'container',
    argument: 'healthCheck.command',
    must: isPresent('a command that asks the worker for its health'),
    where: (container) => !listens(container),
    reason: 'No load balancer asks it, so a worker that hangs would be kept for ever.',
  },
  {
    id: 'IMG-CTR-108',
    of: 'container',
    argument: 'healthCheck.command',
    must: fitting('a command of node', (command) => !/\b(curl|wget)\b/.test(strings(command).join(' '))),
    reason: 'The image has neither curl nor wget: every task would be unhealthy, and be ended.',
  },
  {
    id: 'IMG-CTR-109',
    of: 'container',
    argument: 'memory',
    must: fitting('what its task has at most', (memory, task) => (figure(memory) ?? 0) <= demandOf(task).memory),
    reason: 'ECS refuses a container that is larger than its task.',
  },
  {
    id: 'IMG-CTR-110',
    of: 'container',
    argument: 'logConfiguration.options.awslogs-region',
    must: fitting('the region of the environment', (region, _, settings) => !settings || region === settings.region),
    reason: 'Fargate refuses a log driver without a region, and in another the log group is not there.',
  },
];

/** What an argument of a container must be. */
export const CONTAINER_ARGUMENTS: Check[] = CONTAINERS.map(argumentCheck);
