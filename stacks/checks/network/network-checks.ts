import { blocks, strings, text, toNumber, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory } from '../inventory.ts';

const INGRESS = 'aws_vpc_security_group_ingress_rule';
export const EGRESS = 'aws_vpc_security_group_egress_rule';
const GROUP = 'aws_security_group';

/** Whether a rule is for all addresses, or for more than any private network has. */
export const isAnyAddress = ({ cidr_ipv4, cidr_ipv6 }: Values): boolean =>
  /\/[0-7]$/.test(text(cidr_ipv4)) || /\/([0-9]|1\d)$/.test(text(cidr_ipv6));

const portsOf = ({ ip_protocol, from_port, to_port }: Values): string =>
  text(ip_protocol) === '-1'
    ? 'all ports'
    : from_port === to_port
      ? `port ${from_port}`
      : `ports ${from_port} to ${to_port}`;

const isPort = ({ ip_protocol, from_port, to_port }: Values, ...ports: number[]): boolean =>
  ip_protocol === 'tcp' && from_port === to_port && ports.includes(toNumber(from_port) ?? 0);

const isOfLoadBalancer = ({ security_group_id }: Values, inventory: Inventory): boolean => {
  const group = inventory.target(security_group_id);
  const balanced = inventory.all('aws_lb').filter(({ values }) => values.internal !== true);
  const guarded = balanced.flatMap(({ values }) => strings(values.security_groups));
  return group !== undefined && guarded.some((id) => inventory.target(id)?.address === group.address);
};

/** Security groups and VPC endpoints. */
export const NETWORK_CHECKS: Check[] = [
  {
    id: 'IMG-NET-001',
    of: [INGRESS],
    reason: 'Everybody on the Internet could connect.',
    remedy:
      'allow a security group or a prefix list instead; only ports 443 and 80 of a public load balancer may be open to the Internet.',
    find: ({ values }, { inventory }) =>
      isAnyAddress(values) &&
      !(isPort(values, 80, 443) && isOfLoadBalancer(values, inventory)) &&
      `${portsOf(values)} is open to the Internet`,
  },
  {
    id: 'IMG-NET-002',
    of: [EGRESS],
    reason: 'An intruder in a container could send data anywhere, by any protocol.',
    remedy: 'allow only port 443, and to prefix lists and endpoints where they exist.',
    find: ({ values }) =>
      isAnyAddress(values) && !isPort(values, 443) && `it allows ${portsOf(values)} to the whole Internet`,
  },
  {
    id: 'IMG-NET-003',
    of: [GROUP, 'aws_security_group_rule'],
    reason: 'Inline rules and separate rule resources remove each other at every apply.',
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
    reason: 'In a year nobody will know whether the rule may be removed.',
    remedy: 'say in description who connects to whom, and why.',
    find: ({ values }) => !text(values.description) && 'it has no description',
  },
  {
    id: 'IMG-NET-005',
    of: ['aws_default_security_group'],
    reason: 'Resources started without a group get the default one, and could all connect to each other.',
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
    reason: 'A gateway endpoint in no route table carries no traffic: images would go through NAT, at $0.045 a GB.',
    remedy: 'list the route tables of all private subnets in route_table_ids.',
    find: ({ values }) =>
      [undefined, 'Gateway'].includes(values.vpc_endpoint_type as string | undefined) &&
      [values.route_table_ids ?? []].flat().length === 0 &&
      'it is in no route table',
  },
];
