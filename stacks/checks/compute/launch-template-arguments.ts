import { SYSTEM_DISK_GIB } from '../../compute/instance-capacity.ts';
import { type Argument, argumentCheck, is, isAbsent, isNot, isPresent, isWithin } from '../argument-check.ts';
import type { Check } from '../check.ts';

const TEMPLATE = 'aws_launch_template';
const ROOT = 'block_device_mappings';

const TEMPLATES: Argument[] = [
  {
    id: 'IMG-EC2-101',
    of: TEMPLATE,
    argument: `${ROOT}.device_name`,
    must: is('/dev/xvda'),
    reason: 'It is the root device of Amazon Linux 2023: another name adds a second volume, paid and unused.',
  },
  {
    id: 'IMG-EC2-102',
    of: TEMPLATE,
    argument: `${ROOT}.ebs.volume_type`,
    must: is('gp3'),
    reason:
      'Volumes of gp2 cost a quarter more, and have a few hundred operations a second at this size in place of 3,000.',
  },
  {
    id: 'IMG-EC2-103',
    of: TEMPLATE,
    argument: `${ROOT}.ebs.delete_on_termination`,
    must: isNot(false),
    reason: 'Every instance that goes would leave its volume behind, at $0.08 a GB and month.',
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
    reason: 'Auto Scaling refuses a launch template that asks for spot beside a mixed instances policy.',
  },
  {
    id: 'IMG-EC2-106',
    of: TEMPLATE,
    argument: 'key_name',
    must: isAbsent,
    reason: 'Who has the key has all tasks of the instance; nobody needs to log in.',
  },
  {
    id: 'IMG-EC2-107',
    of: TEMPLATE,
    argument: 'metadata_options.http_endpoint',
    must: isNot('disabled'),
    reason: 'The ECS agent asks it which instance it is on: without it the instance joins no cluster.',
  },
  {
    id: 'IMG-EC2-108',
    of: TEMPLATE,
    argument: 'iam_instance_profile',
    must: isPresent('the instance profile of the fleet'),
    reason: 'The ECS agent could not register its instance, which is paid and gets no task.',
  },
  {
    id: 'IMG-EC2-109',
    of: TEMPLATE,
    argument: 'update_default_version',
    must: is(true),
    reason: 'Whoever starts an instance without a version, by hand or by the console, would get the first one.',
  },
];

/** What an argument of a launch template must be. */
export const LAUNCH_TEMPLATE_ARGUMENTS: Check[] = TEMPLATES.map(argumentCheck);
