import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { SERVICE_PERMISSIONS } from '../../access/service-permissions.ts';
import type { EnvironmentSettings } from '../../environments/settings.ts';
import { blocks, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import { containersOf } from '../compute/task.ts';
import type { Inventory } from '../inventory.ts';
import { allowStatementsOf, type Statement } from './policy-statements.ts';

const of = ['aws_ecs_task_definition'];

/** What a role allows; undefined if the role is in another stack. */
function allowedBy(arn: unknown, inventory: Inventory): Statement[] | undefined {
  const role = inventory.target(arn);
  return role && allowStatementsOf(role, inventory);
}

/** The actions that the table of permissions gives to a service. Those on the distribution count only if there is a CDN. */
function permittedTo(container: unknown, { cdn }: EnvironmentSettings): string[] | undefined {
  const service = SERVICE_NAMES.find((name) => name === container);
  return (
    service &&
    SERVICE_PERMISSIONS[service]
      .filter(({ on }) => on !== 'distribution' || cdn.enabled)
      .flatMap(({ actions }) => actions)
  );
}

const without = (some: readonly string[], others: readonly string[]): string[] =>
  [...new Set(some)].filter((one) => !others.includes(one));

const AGENT = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html';

/** Actions that roles must allow: those of instances to the ECS agent, and execution roles to ECS when it starts a task. */
const NEEDED: [id: Check['id'], by: [type: string, argument: string], actions: string[]][] = [
  [
    'IMG-IAM-102',
    ['aws_iam_instance_profile', 'role'],
    [
      'ecs:RegisterContainerInstance',
      'ecs:DeregisterContainerInstance',
      'ecs:DiscoverPollEndpoint',
      'ecs:Poll',
      'ecs:StartTelemetrySession',
      'ecs:SubmitContainerStateChange',
      'ecs:SubmitTaskStateChange',
      'ecs:SubmitAttachmentStateChanges',
      'ecs:UpdateContainerInstancesState',
    ],
  ],
  [
    'IMG-IAM-103',
    ['aws_ecs_task_definition', 'execution_role_arn'],
    [
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ],
  ],
];

const NEEDED_CHECKS: Check[] = NEEDED.map(([id, [type, argument], actions]) => ({
  id,
  of: [type],
  reason: `Instances or tasks would start and cost money, but never work (${AGENT}).`,
  remedy: 'allow the action in the policy of the role.',
  find({ values }, { inventory }) {
    const role = inventory.target(values[argument]);
    const allowed = role && allowStatementsOf(role, inventory).flatMap(({ actions }) => actions);
    return allowed
      ? actions.filter((action) => !allowed.includes(action)).map((action) => `its role does not allow ${action}`)
      : [];
  },
}));

/** What the roles of instances, of ECS and of tasks allow: neither less nor more than is used. */
export const ECS_ROLE_CHECKS: Check[] = [
  ...NEEDED_CHECKS,
  {
    id: 'IMG-IAM-104',
    of,
    reason:
      'An action that a service calls but may not answers 503 to everybody; one that it may but never calls serves only an intruder.',
    remedy: 'change the table in stacks/access/service-permissions.ts, from which task roles are made.',
    find: (task, { inventory, settings }) => {
      const allowed = allowedBy(task.values.task_role_arn, inventory)?.flatMap(({ actions }) => actions);
      if (!settings || !allowed) return [];
      return (containersOf(task) ?? []).flatMap(({ name }) => {
        const permitted = permittedTo(name, settings);
        if (!permitted) return [];
        return [
          ...without(permitted, allowed).map((action) => `${name} may not ${action}`),
          ...without(allowed, permitted).map((action) => `${name} may ${action}, which is not in the table`),
        ];
      });
    },
  },
  {
    id: 'IMG-IAM-105',
    of,
    reason: 'ECS reads the secrets before a task starts, and stops the task if it may not read them.',
    remedy: 'allow the execution role ssm:GetParameters on the parameter.',
    find: (task, { inventory }) => {
      const readable = allowedBy(task.values.execution_role_arn, inventory)
        ?.filter(({ actions }) => actions.includes('ssm:GetParameters'))
        .flatMap(({ resources }) => resources);
      if (!readable) return [];
      const secrets = (containersOf(task) ?? []).flatMap((container) => blocks(container, 'secrets'));
      return without(
        secrets.map(({ valueFrom }) => text(valueFrom)),
        readable,
      ).map((parameter) => `its execution role may not read ${parameter}`);
    },
  },
];
