import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { tasksPerInstance } from '../../compute/instance-capacity.ts';
import { INSTANCE_TYPES } from '../../compute/instance-types.ts';
import { blocks, text, toNumber } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';
import { groupsOfService, instanceTypesOf } from './fleet.ts';
import { containersOf, networkModeOf, taskSizeOf } from './task.ts';

/** Until a new task gets requests: placement, pulling the image, starting Node, and two health checks ten seconds apart. */
const START_SECONDS = 90;

/** Seconds by default: the deregistration delay of the load balancer, and the stop timeout of the ECS agent. */
const DEFAULTS = { deregistration: 300, stop: 30 };

/**
 * The longest allowed deployment of a service at its maximum. GitHub's jobs have their role for an hour (stacks/access/github-roles.ts).
 * Images and an apply take a quarter of it, and rolling back to the last release takes as long as the deployment.
 */
const LONGEST_MINUTES = 45;

const taskOf = ({ values }: Resource, inventory: Inventory) =>
  inventory.named('aws_ecs_task_definition', values.task_definition, 'arn', 'family');

/** The maximum number of tasks by scaling; without scaling, the desired count. */
function mostTasksOf(service: Resource, inventory: Inventory): number {
  const targets = inventory
    .all('aws_appautoscaling_target')
    .filter(({ values }) => text(values.resource_id).includes(`\${${service.address}.name}`));
  return toNumber(targets[0]?.values.max_capacity) ?? toNumber(service.values.desired_count) ?? 1;
}

/** The most tasks that may run at the same time, as limited by the deployment and by the instances. */
function mostRunningTasksOf(service: Resource, task: Resource, inventory: Inventory): number {
  const allowed =
    (mostTasksOf(service, inventory) * (toNumber(service.values.deployment_maximum_percent) ?? 200)) / 100;
  const mode = networkModeOf(task) === 'awsvpc' ? 'awsvpc' : 'bridge';
  const held = groupsOfService(service, inventory).map((group) => {
    const each = instanceTypesOf(group, inventory).flatMap((name) => {
      const type = INSTANCE_TYPES[name];
      return type ? [tasksPerInstance(type, taskSizeOf(task), mode)] : [];
    });
    return (toNumber(group.values.max_size) ?? 1) * Math.min(...each);
  });
  return Math.min(Math.floor(allowed), ...held);
}

/** Seconds until a task that is being stopped has ended. */
function endSecondsOf(service: Resource, task: Resource, inventory: Inventory): number {
  const stops = (containersOf(task) ?? []).map(({ stopTimeout }) => toNumber(stopTimeout) ?? DEFAULTS.stop);
  const groups = blocks(service.values, 'load_balancer').map(({ target_group_arn }) =>
    inventory.named('aws_lb_target_group', target_group_arn, 'arn'),
  );
  const delays = groups.map((group) => toNumber(group?.values.deregistration_delay) ?? DEFAULTS.deregistration);
  return Math.max(0, ...delays) + Math.max(...stops);
}

/**
 * The longest duration in seconds of a deployment of a service at its maximum. It goes in steps: as many new tasks start as there is room
 * for, and as many old ones stop. A busy worker stops when it next lifts its task protection (QUEUE_TIMING), at an interval that differs by
 * up to a quarter between workers. Since half of the workers may be missing, those still at work do not delay the others.
 */
function rolloutSecondsOf(service: Resource, inventory: Inventory): number | undefined {
  const task = taskOf(service, inventory);
  if (!task) return undefined;
  const most = mostTasksOf(service, inventory);
  const end = endSecondsOf(service, task, inventory);
  if (blocks(service.values, 'load_balancer').length === 0) {
    const { unprotectEverySeconds, unprotectedSeconds, messageTimeoutSeconds } = QUEUE_TIMING;
    return 1.25 * unprotectEverySeconds + messageTimeoutSeconds + unprotectedSeconds + end + START_SECONDS;
  }
  const kept = Math.ceil((most * (toNumber(service.values.deployment_minimum_healthy_percent) ?? 100)) / 100);
  const atOnce = mostRunningTasksOf(service, task, inventory) - kept;
  return atOnce > 0 ? Math.ceil(most / atOnce) * (START_SECONDS + end) : Number.POSITIVE_INFINITY;
}

/** How long a deployment takes. */
export const ROLLOUT_CHECKS: Check[] = [
  {
    id: 'IMG-ROLL-001',
    of: ['aws_ecs_service'],
    reason: `A job's credentials last an hour, and a rollback takes as long as the deployment: more than ${LONGEST_MINUTES} minutes with the maximum of tasks leave too little time.`,
    remedy:
      'raise maxInstances, so that more tasks start at once, or lower the deregistration_delay of its target group and the stopTimeout of its container.',
    find(service, { inventory }) {
      const minutes = (rolloutSecondsOf(service, inventory) ?? 0) / 60;
      const duration = Number.isFinite(minutes) ? `takes ${Math.ceil(minutes)} minutes` : 'never ends';
      return minutes > LONGEST_MINUTES && `a deployment of ${mostTasksOf(service, inventory)} tasks ${duration}`;
    },
  },
];
