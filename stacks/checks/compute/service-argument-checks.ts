import { type Argument, argumentCheck, is, isNot, isOrAbsent, isWithin, satisfying } from '../argument-check.ts';
import { blocks, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const SERVICE = 'aws_ecs_service';
const ZONES = 'attribute:ecs.availability-zone';

const isBalanced = (service: Values): boolean => blocks(service, 'load_balancer').length > 0;
/** Whether the first placement strategy is something other than the spread over zones. */
const isPacked = (service: Values): boolean => {
  const [first] = blocks(service, 'ordered_placement_strategy');
  return first !== undefined && !(first.type === 'spread' && first.field === ZONES);
};

const SERVICES: Argument[] = [
  {
    id: 'IMG-SVC-101',
    of: SERVICE,
    argument: 'deployment_minimum_healthy_percent',
    must: is(100),
    where: isBalanced,
    reason: 'A deployment would stop running tasks before their replacements are ready.',
  },
  {
    id: 'IMG-SVC-102',
    of: SERVICE,
    argument: 'deployment_minimum_healthy_percent',
    must: isWithin(50, 100),
    reason: 'A lower percentage lets a deployment stop most of the working tasks.',
  },
  {
    id: 'IMG-SVC-103',
    of: SERVICE,
    argument: 'availability_zone_rebalancing',
    must: is('DISABLED'),
    where: isPacked,
    reason:
      'Rebalancing is on by default, and ECS refuses it unless the first placement strategy is the spread over zones.',
  },
  {
    id: 'IMG-SVC-104',
    of: SERVICE,
    argument: 'availability_zone_rebalancing',
    must: is('ENABLED'),
    where: isBalanced,
    reason: 'After an outage a zone would stay empty until the next deployment.',
  },
  {
    id: 'IMG-SVC-105',
    of: SERVICE,
    argument: 'health_check_grace_period_seconds',
    must: isWithin(30, 600),
    where: isBalanced,
    reason: 'Health checks that begin before a task listens make ECS stop it, and every task after it.',
  },
  {
    id: 'IMG-SVC-106',
    of: SERVICE,
    argument: 'enable_execute_command',
    must: isNot(true),
    reason: 'Everybody who may call ECS could open a shell in a container, with the role of its task.',
  },
  {
    id: 'IMG-SVC-107',
    of: SERVICE,
    argument: 'wait_for_steady_state',
    must: isNot(true),
    reason: 'An apply would treat a rolled-back deployment as a success, and hang if no task starts.',
  },
  {
    id: 'IMG-SVC-108',
    of: SERVICE,
    argument: 'deployment_controller.type',
    must: isOrAbsent('ECS'),
    reason:
      'Circuit breaker and alarms work only with deployments by ECS, and changing the controller replaces the service.',
  },
  {
    id: 'IMG-SVC-109',
    of: SERVICE,
    argument: 'scheduling_strategy',
    must: isNot('DAEMON'),
    reason: 'A daemon runs once on every instance: it cannot be scaled, and Fargate refuses it.',
  },
  {
    id: 'IMG-SVC-110',
    of: SERVICE,
    argument: 'ordered_placement_strategy',
    must: satisfying(`a first spread over ${ZONES}, or leave it out`, (_, { values }) => !isPacked(values)),
    where: isBalanced,
    reason: 'All tasks of a service could be in one zone, and be lost with it.',
  },
];

/** Arguments of services. */
export const SERVICE_ARGUMENT_CHECKS: Check[] = SERVICES.map(argumentCheck);
