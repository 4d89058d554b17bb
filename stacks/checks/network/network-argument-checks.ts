import { type Argument, argumentCheck, is, isAbsent, isNot, satisfying } from '../argument-check.ts';
import { strings, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';

const VPC = 'aws_vpc';
const GROUP = 'aws_security_group';
const isInterface = ({ vpc_endpoint_type }: Values): boolean => vpc_endpoint_type === 'Interface';

const NETWORK: Argument[] = [
  {
    id: 'IMG-NET-101',
    of: VPC,
    argument: 'enable_dns_hostnames',
    must: is(true),
    reason: 'Without it AWS refuses private names of interface endpoints, and VPC origins find nothing.',
  },
  {
    id: 'IMG-NET-102',
    of: VPC,
    argument: 'enable_dns_support',
    must: isNot(false),
    reason: 'Nothing in the network could resolve a name, not even those of AWS.',
  },
  {
    id: 'IMG-NET-103',
    of: VPC,
    argument: 'instance_tenancy',
    must: isNot('dedicated', 'host'),
    reason: 'Dedicated hardware is paid for by the hour in addition to the instances, and the choice cannot be undone.',
  },
  {
    id: 'IMG-NET-104',
    of: 'aws_subnet',
    argument: 'map_public_ip_on_launch',
    must: isNot(true),
    reason: 'Everything started there could be reached from the Internet, and each address costs $3.65 a month.',
  },
  {
    id: 'IMG-NET-105',
    of: GROUP,
    argument: 'name',
    must: isAbsent,
    reason: 'A replacement could not exist next to the old group under the same name: use name_prefix.',
  },
  {
    id: 'IMG-NET-106',
    of: GROUP,
    argument: 'lifecycle.create_before_destroy',
    must: is(true),
    reason: 'EC2 does not delete a group that is in use: the apply would hang for fifteen minutes and fail.',
  },
  {
    id: 'IMG-NET-107',
    of: 'aws_nat_gateway',
    argument: 'connectivity_type',
    must: isNot('private'),
    reason: 'A private NAT gateway does not lead out of the network.',
  },
  {
    id: 'IMG-NET-108',
    of: ['aws_nat_gateway', 'aws_eip', 'aws_lb'],
    argument: 'depends_on',
    must: satisfying('a list with the aws_internet_gateway', (awaited) =>
      strings(awaited).some((address) => address.startsWith('aws_internet_gateway.')),
    ),
    reason: 'AWS refuses to create it before the internet gateway, which in turn cannot be detached while it exists.',
  },
  {
    id: 'IMG-NET-109',
    of: 'aws_flow_log',
    argument: 'traffic_type',
    must: is('ALL'),
    reason: 'An intrusion shows in accepted traffic, and its attempts show in rejected traffic.',
  },
  {
    id: 'IMG-NET-110',
    of: 'aws_vpc_endpoint',
    argument: 'private_dns_enabled',
    must: is(true),
    where: isInterface,
    reason: 'SDKs would use the public names, which cannot be reached from there.',
  },
  {
    id: 'IMG-NET-111',
    of: ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'],
    argument: 'ip_protocol',
    must: is('tcp'),
    reason: 'Everything here speaks TCP; another protocol would only help an intruder.',
  },
  {
    id: 'IMG-NET-112',
    of: ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'],
    argument: 'to_port',
    must: satisfying('from_port', (port, { values }) => port === values.from_port),
    reason: 'A service listens on one port; a range also opens ports that something else may listen on later.',
  },
];

/** Arguments of the network. */
export const NETWORK_ARGUMENT_CHECKS: Check[] = NETWORK.map(argumentCheck);
