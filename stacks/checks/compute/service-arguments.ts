import {
  type Argument,
  argumentCheck,
  fitting,
  is,
  isAbsent,
  isNot,
  isOrAbsent,
  isPresent,
  isWithin,
} from '../argument-check.ts';
import { blocks, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const SERVICE = 'aws_ecs_service';
const TASK = 'aws_ecs_task_definition';
const ZONES = 'attribute:ecs.availability-zone';

const isBalanced = (service: Values): boolean => blocks(service, 'load_balancer').length > 0;
/** A first strategy that is not the spread over zones. */
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
    reason: 'A deployment would take tasks away that answer before others have come.',
  },
  {
    id: 'IMG-SVC-102',
    of: SERVICE,
    argument: 'deployment_minimum_healthy_percent',
    must: isWithin(50, 100),
    reason: 'Below it a deployment takes away most of what works.',
  },
  {
    id: 'IMG-SVC-103',
    of: SERVICE,
    argument: 'availability_zone_rebalancing',
    must: is('DISABLED'),
    where: isPacked,
    reason:
      'ECS refuses rebalancing by zone with any first strategy but the spread over zones, and takes it for switched on where nothing is said.',
  },
  {
    id: 'IMG-SVC-104',
    of: SERVICE,
    argument: 'availability_zone_rebalancing',
    must: is('ENABLED'),
    where: isBalanced,
    reason: 'A zone that was lost and comes back would stay empty until the next deployment.',
  },
  {
    id: 'IMG-SVC-105',
    of: SERVICE,
    argument: 'health_check_grace_period_seconds',
    must: isWithin(30, 600),
    where: isBalanced,
    reason: 'A task that is asked for its health before it listens is ended, and so is the next, for ever.',
  },
  {
    id: 'IMG-SVC-106',
    of: SERVICE,
    argument: 'enable_execute_command',
    must: isNot(true),
    reason: 'Whoever may call ECS would have a shell in a container, with the role of its task.',
  },
  {
    id: 'IMG-SVC-107',
    of: SERVICE,
    argument: 'wait_for_steady_state',
    must: isNot(true),
    reason: 'An apply would take a deployment that was rolled back for success, and hang where no task comes.',
  },
  {
    id: 'IMG-SVC-108',
    of: SERVICE,
    argument: 'deployment_controller.type',
    must: isOrAbsent('ECS'),
    reason: 'Circuit breaker and alarms are of ECS’s own deployments; a change of controller replaces the service.',
  },
  {
    id: 'IMG-SVC-109',
    of: SERVICE,
    argument: 'scheduling_strategy',
    must: isNot('DAEMON'),
    reason: 'A daemon runs once an instance: it is not scaled, and Fargate refuses it.',
  },
  {
    id: 'IMG-SVC-110',
    of: SERVICE,
    argument: 'ordered_placement_strategy',
    must: fitting(`a first spread over ${ZONES}, or leave it out`, (_, { values }) => !isPacked(values)),
    where: isBalanced,
    reason: 'All tasks of a service could be in the zone that is lost.',
  },
];

const TASKS: Argument[] = [
  {
    id: 'IMG-TASK-101',
    of: TASK,
    argument: 'skip_destroy',
    must: is(true),
    reason: 'Terraform would deregister the revision that a deployment is rolled back to.',
  },
  {
    id: 'IMG-TASK-102',
    of: TASK,
    argument: 'network_mode',
    must: isNot('host', 'none'),
    reason: 'A container on its host’s network reaches the credentials of the instance, whatever its task role is.',
  },
  {
    id: 'IMG-TASK-103',
    of: TASK,
    argument: 'pid_mode',
    must: isAbsent,
    reason: 'A container would see the processes of others, with their environments.',
  },
  {
    id: 'IMG-TASK-104',
    of: TASK,
    argument: 'execution_role_arn',
    must: isPresent('a role that may pull the image and read the secrets'),
    reason: 'Nothing could pull the image or read the secrets: tasks stop before they start.',
  },
  {
    id: 'IMG-TASK-105',
    of: TASK,
    argument: 'task_role_arn',
    must: fitting('a role of its own', (role, { values }) => role !== undefined && role !== values.execution_role_arn),
    reason: 'Without one it may do nothing, and with that of the agent it could pull images and read secrets.',
  },
];

/** What an argument of a service or a task must be. */
export const SERVICE_ARGUMENTS: Check[] = [...SERVICES, ...TASKS].map(argumentCheck);
