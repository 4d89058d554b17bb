import { blocks, figure, strings, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory } from '../inventory.ts';

const INGRESS = 'aws_vpc_security_group_ingress_rule';
export const EGRESS = 'aws_vpc_security_group_egress_rule';
const GROUP = 'aws_security_group';

/** Everything, or more than any private network has. */
export const isWorld = ({ cidr_ipv4, cidr_ipv6 }: Values): boolean =>
  /\/[0-7]$/.test(text(cidr_ipv4)) || /\/([0-9]|1\d)$/.test(text(cidr_ipv6));

const portsOf = ({ ip_protocol, from_port, to_port }: Values): string =>
  text(ip_protocol) === '-1'
    ? 'all ports'
    : from_port === to_port
      ? `port ${from_port}`
      : `ports ${from_port} to ${to_port}`;

const isPort = ({ ip_protocol, from_port, to_port }: Values, ...ports: number[]): boolean =>
  ip_protocol === 'tcp' && from_port === to_port && ports.includes(figure(from_port) ?? 0);

const isOfLoadBalancer = ({ security_group_id }: Values, inventory: Inventory): boolean => {
  const group = inventory.target(security_group_id);
  const balanced = inventory.all('aws_lb').filter(({ values }) => values.internal !== true);
  const guarded = balanced.flatMap(({ values }) => strings(values.security_groups));
  return group !== undefined && guarded.some((id) => inventory.target(id)?.address === group.address);
};

/** Who may open a connection to whom. */
export const NETWORK_CHECKS: Check[] = [
  {
    id: 'IMG-NET-001',
    of: [INGRESS],
    reason: 'Everybody on the Internet may try.',
    remedy:
      'let a security group or a prefix list in; the world only at port 443 and 80 of a load balancer that is on the Internet.',
    find: ({ values }, { inventory }) =>
      isWorld(values) &&
      !(isPort(values, 80, 443) && isOfLoadBalancer(values, inventory)) &&
      `${portsOf(values)} is open to the world`,
  },
  {
    id: 'IMG-NET-002',
    of: [EGRESS],
    reason: 'What breaks into a container could send what it finds to anywhere, by any protocol.',
    remedy: 'allow port 443 only, to prefix lists and endpoints where there are some.',
    find: ({ values }) => isWorld(values) && !isPort(values, 443) && `${portsOf(values)} leads to the whole world`,
  },
  {
    id: 'IMG-NET-003',
    of: [GROUP, 'aws_security_group_rule'],
    reason: 'Rules inside a group and rules of their own remove each other at every apply.',
    remedy: `write every rule as ${INGRESS} or ${EGRESS}.`,
    find({ type, values }) {
      if (type !== GROUP) return `it is of type ${type}`;
      return ['ingress', 'egress']
        .filter((name) => blocks(values, name).length > 0)
        .map((name) => `it has ${name} inline`);
    },
  },
  {
    id: 'IMG-NET-004',
    of: [INGRESS, EGRESS],
    reason: 'In a year nobody knows whether it may go.',
    remedy: 'say in description who talks to whom, and why.',
    find: ({ values }) => !text(values.description) && 'it has no description',
  },
  {
    id: 'IMG-NET-005',
    of: ['aws_default_security_group'],
    reason: 'Whatever is started without a group would be let through to everything of its kind.',
    remedy: 'leave ingress and egress out.',
    find: ({ values }) =>
      ['ingress', 'egress'].some((name) => blocks(values, name).length > 0) && 'the default group has rules',
  },
  {
    id: 'IMG-NET-006',
    of: ['aws_vpc_endpoint'],
    reason:
      'An interface endpoint for S3 or DynamoDB costs $0.01 an hour and zone and $0.01 a GB; the gateway costs nothing.',
    remedy: "set vpc_endpoint_type to 'Gateway', with route_table_ids.",
    find: ({ values }) =>
      /\.(s3|dynamodb)$/.test(text(values.service_name)) &&
      values.vpc_endpoint_type === 'Interface' &&
      `${values.service_name} is an interface endpoint`,
  },
  {
    id: 'IMG-NET-007',
    of: ['aws_vpc_endpoint'],
    reason: 'A gateway that is in no route table carries nothing: images would go through NAT, at $0.045 a GB.',
    remedy: 'give the route tables of all private subnets.',
    find: ({ values }) =>
      [undefined, 'Gateway'].includes(values.vpc_endpoint_type as string | undefined) &&
      [values.route_table_ids ?? []].flat().length === 0 &&
      'it is in no route table',
  },
];
