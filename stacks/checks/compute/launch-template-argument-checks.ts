import { SYSTEM_DISK_GIB } from '../../compute/instance-capacity.ts';
import { type Argument, argumentCheck, is, isAbsent, isNot, isPresent, isWithin } from '../argument-check.ts';
import { block, text } from '../blocks.ts';
import type { Check } from '../check.ts';
import { isSpot } from './fleet.ts';

const TEMPLATE = 'aws_launch_template';
const ROOT = 'block_device_mappings';

const TEMPLATES: Argument[] = [
  {
    id: 'IMG-EC2-101',
    of: TEMPLATE,
    argument: `${ROOT}.device_name`,
    must: is('/dev/xvda'),
    reason:
      'It is the root device of Amazon Linux 2023: another name adds a second volume that costs money and is not used.',
  },
  {
    id: 'IMG-EC2-102',
    of: TEMPLATE,
    argument: `${ROOT}.ebs.volume_type`,
    must: is('gp3'),
    reason:
      'Volumes of type gp2 cost a quarter more, and at this size have a few hundred operations a second instead of 3,000.',
  },
  {
    id: 'IMG-EC2-103',
    of: TEMPLATE,
    argument: `${ROOT}.ebs.delete_on_termination`,
    must: isNot(false),
    reason: 'Every instance that ends would leave its volume behind, at $0.08 a GB and month.',
  },
  {
    id: 'IMG-EC2-104',
    of: TEMPLATE,
    argument: `${ROOT}.ebs.volume_size`,
    must: isWithin(SYSTEM_DISK_GIB, 1000),
    reason: 'EC2 refuses a volume that is smaller than the snapshot of its AMI.',
  },
  {
    id: 'IMG-EC2-105',
    of: TEMPLATE,
    argument: 'instance_market_options',
    must: isAbsent,
    reason: 'Auto Scaling refuses a launch template that requests spot together with a mixed instances policy.',
  },
  {
    id: 'IMG-EC2-106',
    of: TEMPLATE,
    argument: 'key_name',
    must: isAbsent,
    reason: 'The key gives access to all tasks of the instance, and nobody needs to log in.',
  },
  {
    id: 'IMG-EC2-107',
    of: TEMPLATE,
    argument: 'metadata_options.http_endpoint',
    must: isNot('disabled'),
    reason: 'The ECS agent gets the identity of its instance from it: without it the instance joins no cluster.',
  },
  {
    id: 'IMG-EC2-108',
    of: TEMPLATE,
    argument: 'iam_instance_profile',
    must: isPresent('the instance profile of the fleet'),
    reason: 'The ECS agent could not register its instance, which would cost money and get no task.',
  },
  {
    id: 'IMG-EC2-109',
    of: TEMPLATE,
    argument: 'update_default_version',
    must: is(true),
    reason: 'An instance that is started by hand without a version would use the first one.',
  },
];

/** Lines of the agent's configuration: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const AGENT_SETTINGS: [line: RegExp, why: string, onSpot?: true][] = [
  [/^ECS_CONTAINER_STOP_TIMEOUT=\d+s$/m, 'the agent kills a container after 30 s'],
  [/^ECS_AWSVPC_BLOCK_IMDS=true$/m, 'tasks in awsvpc mode can read the credentials of the instance'],
  [/^ECS_RESERVED_MEMORY=\d{3,}$/m, 'tasks may use all memory, and the kernel kills the agent'],
  [/^ECS_ENABLE_SPOT_INSTANCE_DRAINING=true$/m, 'tasks are not told of an interruption', true],
];

/** Arguments of launch templates. */
export const LAUNCH_TEMPLATE_ARGUMENT_CHECKS: Check[] = [
  ...TEMPLATES.map(argumentCheck),
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
