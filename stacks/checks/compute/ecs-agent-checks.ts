import { allowStatementsOf } from '../access/policy-document.ts';
import { block, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import { isSpot } from './fleet.ts';

const AGENT = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html';

/** Actions that roles must allow: those of instances to the ECS agent, and execution roles to ECS when it starts a task. */
const NEEDED: [by: [type: string, argument: string], actions: string[]][] = [
  [
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

const ROLE_CHECKS: Check[] = NEEDED.map(([[type, argument], actions], index) => ({
  id: `IMG-IAM-${102 + index}` as const,
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

/** Lines of the agent's configuration: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const AGENT_SETTINGS: [line: RegExp, why: string, onSpot?: true][] = [
  [/^ECS_CONTAINER_STOP_TIMEOUT=\d+s$/m, 'the agent kills a container after 30 s'],
  [/^ECS_AWSVPC_BLOCK_IMDS=true$/m, 'tasks in awsvpc mode can read the credentials of the instance'],
  [/^ECS_RESERVED_MEMORY=\d{3,}$/m, 'tasks may use all memory, and the kernel kills the agent'],
  [/^ECS_ENABLE_SPOT_INSTANCE_DRAINING=true$/m, 'tasks are not told of an interruption', true],
];

/** Permissions and configuration of the ECS agent. */
export const ECS_AGENT_CHECKS: Check[] = [
  ...ROLE_CHECKS,
  {
    id: 'IMG-EC2-110',
    of: ['aws_autoscaling_group'],
    reason: 'The agent uses its own defaults for what /etc/ecs/ecs.config leaves out.',
    remedy: 'add the line in userData() of stacks/compute/launch-template.ts.',
    find(group, { inventory }) {
      const { launch_template_id } =
        block(group.values, 'mixed_instances_policy', 'launch_template', 'launch_template_specification') ?? {};
      const data = Buffer.from(text(inventory.target(launch_template_id)?.values.user_data), 'base64').toString();
      return AGENT_SETTINGS.filter(([line, , onSpot]) => !line.test(data) && (!onSpot || isSpot(group, inventory))).map(
        ([line, why]) => `user_data has no ${line.source.replaceAll(/[\\^$]|\{3,\}/g, '')}: ${why}`,
      );
    },
  },
];
