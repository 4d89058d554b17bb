import { type Argument, argumentCheck, fitting, is, isAbsent, isNot, isPresent } from '../argument-check.ts';
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
    reason: 'Private names of interface endpoints are refused without, and VPC origins find nothing.',
  },
  {
    id: 'IMG-NET-102',
    of: VPC,
    argument: 'enable_dns_support',
    must: isNot(false),
    reason: 'Nothing in the network would resolve a name, those of AWS first of all.',
  },
  {
    id: 'IMG-NET-103',
    of: VPC,
    argument: 'instance_tenancy',
    must: isNot('dedicated', 'host'),
    reason: 'Hardware of one’s own costs $2 an hour beside the instances, and cannot be changed back.',
  },
  {
    id: 'IMG-NET-104',
    of: 'aws_subnet',
    argument: 'map_public_ip_on_launch',
    must: isNot(true),
    reason: 'Whatever is started there could be reached from the Internet, at $3.65 a month and address.',
  },
  {
    id: 'IMG-NET-105',
    of: GROUP,
    argument: 'name',
    must: isAbsent,
    reason: 'A group that has to be replaced could not be there beside the old one: give name_prefix.',
  },
  {
    id: 'IMG-NET-106',
    of: GROUP,
    argument: 'lifecycle.create_before_destroy',
    must: is(true),
    reason: 'EC2 does not remove a group that is in use: the apply would hang for fifteen minutes and fail.',
  },
  {
    id: 'IMG-NET-107',
    of: 'aws_nat_gateway',
    argument: 'connectivity_type',
    must: isNot('private'),
    reason: 'It would lead nowhere outside the network.',
  },
  {
    id: 'IMG-NET-108',
    of: ['aws_nat_gateway', 'aws_eip', 'aws_lb'],
    argument: 'depends_on',
    must: fitting('a list with the aws_internet_gateway', (awaited) =>
      strings(awaited).some((address) => address.startsWith('aws_internet_gateway.')),
    ),
    reason: 'Made before the internet gateway it is refused; gone after it, the gateway cannot be detached.',
  },
  {
    id: 'IMG-NET-109',
    of: 'aws_flow_log',
    argument: 'traffic_type',
    must: is('ALL'),
    reason: 'An intrusion is what was accepted, and its tries are what was not.',
  },
  {
    id: 'IMG-NET-110',
    of: 'aws_vpc_endpoint',
    argument: 'private_dns_enabled',
    must: is(true),
    where: isInterface,
    reason: 'SDKs would ask the public names, to which there is no way.',
  },
  {
    id: 'IMG-NET-111',
    of: ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'],
    argument: 'ip_protocol',
    must: is('tcp'),
    reason: 'Everything here speaks TCP; more is a way for somebody else.',
  },
  {
    id: 'IMG-NET-112',
    of: ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'],
    argument: 'to_port',
    must: fitting('from_port', (port, { values }) => port === values.from_port),
    reason: 'One port is what one service listens on; a range is open to whatever listens next.',
  },
  {
    id: 'IMG-IAM-101',
    of: 'aws_iam_role',
    argument: 'permissions_boundary',
    must: isPresent('the boundary of the account, as BoundaryAspect does'),
    where: (_, { settings }) => settings !== undefined,
    reason: 'The apply role may make no role without the boundary of the account, and the apply is refused.',
  },
];

/** What an argument of the network, or of a role in it, must be. */
export const NETWORK_ARGUMENTS: Check[] = NETWORK.map(argumentCheck);
