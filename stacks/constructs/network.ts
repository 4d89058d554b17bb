import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { Fn, type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/naming.ts';
import type { NetworkSettings } from '../environments/settings.ts';
import { createFlowLog } from './flow-log.ts';
import { createNatRoutes } from './nat.ts';
import { createGatewayEndpoints, createInterfaceEndpoints } from './vpc-endpoints.ts';

export { allow, allowAwsApis, createSecurityGroup, type Peer } from './security-group.ts';

export interface NetworkProps {
  settings: NetworkSettings;
  names: Names;
  region: string;
}

export interface Network {
  vpcId: string;
  region: string;
  cidr: string;
  /** For load balancers and NAT only. */
  publicSubnetIds: string[];
  /** For everything that runs: one a zone, no public addresses. */
  privateSubnetIds: string[];
  s3PrefixListId: string;
  dynamoDbPrefixListId: string;
  egress: NetworkSettings['egress'];
  /** What faces the Internet is refused until it is there, and holds it up until it is gone. */
  internetGateway: ITerraformDependable;
  /** Of the interface endpoints, where there are any. */
  endpointSecurityGroupId?: string;
}

export interface Zone {
  number: number;
  publicSubnetId: string;
  privateSubnetId: string;
  privateRouteTableId: string;
}

/** Public subnets begin in the second half of the range, so that a third zone later takes a block of its own and moves none. */
const FIRST_PUBLIC_BLOCK = 8;

/** A VPC over the zones of the region: private subnets for what runs, public ones for load balancer and NAT. */
export function createNetwork(scope: Construct, { settings, names, region }: NetworkProps): Network {
  const vpc = new Vpc(scope, 'vpc', {
    cidrBlock: settings.cidr,
    // Interface endpoints and CloudFront's VPC origins need names.
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: { Name: names.prefix },
  });
  // Without rules: whoever forgets to choose a security group reaches nothing.
  new DefaultSecurityGroup(scope, 'default-security-group', {
    vpcId: vpc.id,
    tags: { Name: names.unusedSecurityGroup },
  });
  const internetGateway = new InternetGateway(scope, 'internet-gateway', {
    vpcId: vpc.id,
    tags: { Name: names.prefix },
  });
  const zones = createZones(scope, { settings, names, vpcId: vpc.id, internetGateway });
  const routeTableIds = zones.map(({ privateRouteTableId }) => privateRouteTableId);
  const prefixLists = createGatewayEndpoints(scope, { vpcId: vpc.id, region, names, routeTableIds });
  const network: Network = {
    vpcId: vpc.id,
    region,
    cidr: settings.cidr,
    egress: settings.egress,
    internetGateway,
    ...prefixLists,
    publicSubnetIds: zones.map(({ publicSubnetId }) => publicSubnetId),
    privateSubnetIds: zones.map(({ privateSubnetId }) => privateSubnetId),
  };
  createFlowLog(scope, { vpc, names, days: settings.flowLogDays });
  if (settings.egress === 'interface-endpoints') {
    return { ...network, endpointSecurityGroupId: createInterfaceEndpoints(scope, { network, names }) };
  }
  createNatRoutes(scope, { zones, names, single: settings.egress === 'nat-single', internetGateway });
  return network;
}

interface ZonesProps {
  settings: NetworkSettings;
  names: Names;
  vpcId: string;
  internetGateway: InternetGateway;
}

function createZones(scope: Construct, { settings, names, vpcId, internetGateway }: ZonesProps): Zone[] {
  // Local and Wavelength zones ask to be opted into and have no NAT gateways or load balancers.
  const available = new DataAwsAvailabilityZones(scope, 'zones', {
    state: 'available',
    filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
  });
  const publicTable = new RouteTable(scope, 'public-routes', { vpcId, tags: { Name: `${names.prefix}-public` } });
  new Route(scope, 'internet-route', {
    routeTableId: publicTable.id,
    destinationCidrBlock: '0.0.0.0/0',
    gatewayId: internetGateway.id,
  });
  const subnet = (kind: 'public' | 'private', number: number, block: number) =>
    new Subnet(scope, `${kind}-subnet-${number}`, {
      vpcId,
      availabilityZone: Fn.element(available.names, number),
      cidrBlock: Fn.cidrsubnet(settings.cidr, 4, block),
      mapPublicIpOnLaunch: false,
      tags: { Name: `${names.prefix}-${kind}-${number}` },
    });
  return Array.from({ length: settings.zones }, (_, number): Zone => {
    const open = subnet('public', number, FIRST_PUBLIC_BLOCK + number);
    const closed = subnet('private', number, number);
    const table = new RouteTable(scope, `private-routes-${number}`, {
      vpcId,
      tags: { Name: `${names.prefix}-private-${number}` },
    });
    associate(scope, `public-association-${number}`, open, publicTable);
    associate(scope, `private-association-${number}`, closed, table);
    return { number, publicSubnetId: open.id, privateSubnetId: closed.id, privateRouteTableId: table.id };
  });
}

const associate = (scope: Construct, id: string, subnet: Subnet, table: RouteTable) =>
  new RouteTableAssociation(scope, id, { subnetId: subnet.id, routeTableId: table.id });
