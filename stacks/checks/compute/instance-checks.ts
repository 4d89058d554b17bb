import { block, blocks, text, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Resource } from '../inventory.ts';
import { capacityProvidersOf, launchTemplateOf } from './fleet.ts';

const of = ['aws_launch_template'];

const diskOf = ({ values }: Resource): Values[] =>
  blocks(values, 'block_device_mappings').flatMap((mapping) => blocks(mapping, 'ebs'));

const userDataOf = ({ values }: Resource): string => {
  const data = text(values.user_data);
  return data.includes('${') ? data : Buffer.from(data, 'base64').toString();
};

/** Launch templates: metadata, volumes, AMI and user data of instances. */
export const INSTANCE_CHECKS: Check[] = [
  {
    id: 'IMG-EC2-001',
    of: [...of, 'aws_instance'],
    reason: "With IMDSv1, a single forged request from a container fetches the instance's credentials.",
    remedy: "set http_tokens to 'required' in metadata_options.",
    find({ values }) {
      const { http_tokens } = block(values, 'metadata_options') ?? {};
      return http_tokens !== 'required' && `http_tokens is ${http_tokens ?? 'not set'}`;
    },
  },
  {
    id: 'IMG-EC2-002',
    of,
    reason: "With more than one hop, containers on the bridge can use the instance's role.",
    remedy: 'set http_put_response_hop_limit to 1.',
    find({ values }) {
      const hops = toNumber(block(values, 'metadata_options')?.http_put_response_hop_limit) ?? 1;
      return hops > 1 && `http_put_response_hop_limit is ${hops}`;
    },
  },
  {
    id: 'IMG-EC2-003',
    of,
    reason: 'Originals are stored on the volume while they are processed.',
    remedy: 'add block_device_mappings with ebs.encrypted set to true.',
    find(template) {
      const disks = diskOf(template);
      if (disks.length === 0) return 'it declares no volume, so encryption is not certain';
      return disks.some(({ encrypted }) => String(encrypted) !== 'true') && 'a volume is not encrypted';
    },
  },
  {
    id: 'IMG-EC2-004',
    of,
    reason: 'Amazon Linux 2 got its last security fix in June 2026.',
    remedy: 'use /aws/service/ecs/optimized-ami/amazon-linux-2023/….',
    find: ({ values }) =>
      /optimized-ami\/amazon-linux-2\/|amzn2-/.test(text(values.image_id)) && `image_id is ${values.image_id}`,
  },
  {
    id: 'IMG-EC2-005',
    of,
    reason: 'Scanners on the Internet find instances with public addresses.',
    remedy: 'remove associate_public_ip_address; network.egress of the settings provides outbound access.',
    find: ({ values }) =>
      blocks(values, 'network_interfaces').some((card) => String(card.associate_public_ip_address) === 'true') &&
      'its instances get public addresses',
  },
  {
    id: 'IMG-EC2-006',
    of: ['aws_autoscaling_group'],
    reason: 'Without a cluster name, instances join the cluster named default, and never get a task.',
    remedy: 'write ECS_CLUSTER to /etc/ecs/ecs.config in user_data.',
    find(group, { inventory }) {
      const template = launchTemplateOf(group, inventory);
      const joins = template && /ECS_CLUSTER/.test(userDataOf(template));
      return template && capacityProvidersOf(group, inventory).length > 0 && !joins && 'user_data names no cluster';
    },
  },
];
