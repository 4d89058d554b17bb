import { block, blocks, figure, text, type Values } from '../blocks.ts';
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

/** Launch templates: what an instance is and who gets at its credentials. */
export const INSTANCE_CHECKS: Check[] = [
  {
    id: 'IMG-EC2-001',
    of: [...of, 'aws_instance'],
    reason: "With IMDSv1 a request that a container can be made to send fetches the instance's credentials.",
    remedy: "set http_tokens to 'required' in metadata_options.",
    find({ values }) {
      const { http_tokens } = block(values, 'metadata_options') ?? {};
      return http_tokens !== 'required' && `http_tokens is ${http_tokens ?? 'not set'}`;
    },
  },
  {
    id: 'IMG-EC2-002',
    of,
    reason: "Beyond one hop, containers on the bridge reach the instance's role instead of their own.",
    remedy: 'set http_put_response_hop_limit to 1.',
    find({ values }) {
      const hops = figure(block(values, 'metadata_options')?.http_put_response_hop_limit) ?? 1;
      return hops > 1 && `http_put_response_hop_limit is ${hops}`;
    },
  },
  {
    id: 'IMG-EC2-003',
    of,
    reason: 'Originals lie on the volume while they are worked on.',
    remedy: 'give block_device_mappings with ebs.encrypted true.',
    find(template) {
      const disks = diskOf(template);
      if (disks.length === 0) return 'no volume is declared, so it is not known to be encrypted';
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
    reason: 'Whoever scans the Internet finds an instance with a public address.',
    remedy: 'remove associate_public_ip_address; the way out is in the network settings.',
    find: ({ values }) =>
      blocks(values, 'network_interfaces').some((card) => String(card.associate_public_ip_address) === 'true') &&
      'its instances get public addresses',
  },
  {
    id: 'IMG-EC2-006',
    of: ['aws_autoscaling_group'],
    reason: 'Instances that are not told their cluster join one named default, and no task ever reaches them.',
    remedy: 'write ECS_CLUSTER to /etc/ecs/ecs.config in user_data.',
    find(group, { inventory }) {
      const template = launchTemplateOf(group, inventory);
      const joins = template && /ECS_CLUSTER/.test(userDataOf(template));
      return template && capacityProvidersOf(group, inventory).length > 0 && !joins && 'user_data names no cluster';
    },
  },
];
