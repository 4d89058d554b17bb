import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { tasksPerInstance } from '../../compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../../compute/instance-types.ts';
import { blocks, figure, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { groupsOfService, instanceTypesOf } from './fleet.ts';
import { containersOf, demandOf, networkModeOf } from './task.ts';

/** From a task that is wanted to one that gets requests: a place, the image, Node, and two health checks ten seconds apart. */
const START_SECONDS = 90;

/** Where a target group or a container says nothing: 300 of the load balancer, 30 of the ECS agent. */
const DEFAULTS = { deregistration: 300, stop: 30 };

/**
 * What a deployment of a service at its maximum may take. GitHub's jobs have their role for an hour (stacks/access/github-roles.ts), of
 * which images and an apply take a quarter; and bringing the last release back takes as long again.
 */
const LONGEST_MINUTES = 45;

const taskOf = ({ values }: Resource, inventory: Inventory) =>
  inventory.named('aws_ecs_task_definition', values.task_definition, 'arn', 'family');

/** The most tasks that scaling lets the service have; what it starts with where it is not scaled. */
function mostTasksOf(service: Resource, inventory: Inventory): number {
  const targets = inventory
    .all('aws_appautoscaling_target')
    .filter(({ values }) => text(values.resource_id).includes(`\${${service.address}.name}`));
  return figure(targets[0]?.values.max_capacity) ?? figure(service.values.desired_count) ?? 1;
}

/** Tasks that may run at the same time: as many as the deployment allows, and as its instances hold. */
function roomOf(service: Resource, task: Resource, inventory: Inventory): number {
  const allowed = (mostTasksOf(service, inventory) * (figure(service.values.deployment_maximum_percent) ?? 200)) / 100;
  const mode = networkModeOf(task) === 'awsvpc' ? 'awsvpc' : 'bridge';
  const held = groupsOfService(service, inventory).map((group) => {
    const each = instanceTypesOf(group, inventory).flatMap((name) => {
      const type = INSTANCE_TYPES[name];
      return type ? [tasksPerInstance(type, demandOf(task), mode)] : [];
    });
    return (figure(group.values.max_size) ?? 1) * Math.min(...each);
  });
  return Math.min(Math.floor(allowed), ...held);
}

/** Seconds until a task that is to go has gone. */
function endSecondsOf(service: Resource, task: Resource, inventory: Inventory): number {
  const stops = (containersOf(task) ?? []).map(({ stopTimeout }) => figure(stopTimeout) ?? DEFAULTS.stop);
  const groups = blocks(service.values, 'load_balancer').map(({ target_group_arn }) =>
    inventory.named('aws_lb_target_group', target_group_arn, 'arn'),
  );
  const delays = groups.map((group) => figure(group?.values.deregistration_delay) ?? DEFAULTS.deregistration);
  return Math.max(0, ...delays) + Math.max(...stops);
}

/**
 * Seconds that a deployment of a service with as many tasks as it may have takes at most: as many as there is room for come, and as many
 * go. A worker goes when it lets go, for which each has its own time, a quarter later at most; as half of them may be missing, those that
 * are still at work do not hold the others up.
 */
function rolloutSecondsOf(service: Resource, inventory: Inventory): number | undefined {
  const task = taskOf(service, inventory);
  if (!task) return undefined;
  const most = mostTasksOf(service, inventory);
  const end = endSecondsOf(service, task, inventory);
  if (blocks(service.values, 'load_balancer').length === 0) {
    const { letGoEverySeconds, letGoSeconds, messageTimeoutSeconds } = QUEUE_TIMING;
    return 1.25 * letGoEverySeconds + messageTimeoutSeconds + letGoSeconds + end + START_SECONDS;
  }
  const kept = Math.ceil((most * (figure(service.values.deployment_minimum_healthy_percent) ?? 100)) / 100);
  const atOnce = roomOf(service, task, inventory) - kept;
  return atOnce > 0 ? Math.ceil(most / atOnce) * (START_SECONDS + end) : Number.POSITIVE_INFINITY;
}

/** How long it takes until a release is everywhere. */
export const ROLLOUT_CHECKS: Check[] = [
  {
    id: 'IMG-ROLL-001',
    of: ['aws_ecs_service'],
    reason: `A job's credentials last an hour, and the way back takes as long as the way there: more than ${LONGEST_MINUTES} minutes with all tasks that it may have leave no time for either.`,
    remedy:
      'raise maxInstances, so that more tasks come at once, or lower the deregistration_delay of its target group and the stopTimeout of its container.',
    find(service, { inventory }) {
      const minutes = (rolloutSecondsOf(service, inventory) ?? 0) / 60;
      const told = Number.isFinite(minutes) ? `${Math.ceil(minutes)} minutes` : 'for ever';
      return minutes > LONGEST_MINUTES && `a deployment of ${mostTasksOf(service, inventory)} tasks takes ${told}`;
    },
  },
];
