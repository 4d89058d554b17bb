import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import type { NetworkSettings } from '../environments/settings.ts';
import { createFlowLog } from './flow-log.ts';
import { createNatRoutes } from './nat.ts';
import { createSubnets } from './subnets.ts';
import { createGatewayEndpoints, createInterfaceEndpoints } from './vpc-endpoints.ts';

export { allow, allowAwsApis, createSecurityGroup, type Peer } from './security-group.ts';

export interface NetworkProps {
  settings: NetworkSettings;
  deployment: Deployment;
}

export interface Network {
  vpcId: string;
  region: string;
  cidr: string;
  /** For load balancers and NAT only. */
  publicSubnetIds: string[];
  /** For tasks and instances: one subnet per zone, without public addresses. */
  privateSubnetIds: string[];
  s3PrefixListId: string;
  dynamoDbPrefixListId: string;
  egress: NetworkSettings['egress'];
  /** Whether workers may reach AWS endpoints and nothing else. */
  isolatedWorkers: boolean;
  /** AWS refuses Internet-facing resources until the gateway exists, and cannot remove it while any of them remains. */
  internetGateway: ITerraformDependable;
  /** The security group of the interface endpoints, if there are any. */
  endpointSecurityGroupId?: string;
}

/** A VPC across zones of the region: private subnets for tasks and instances, public ones for the load balancer and NAT. */
export function createNetwork(scope: Construct, { settings, deployment }: NetworkProps): Network {
  const names = namesOf(deployment);
  const vpc = new Vpc(scope, 'vpc', {
    cidrBlock: settings.cidr,
    // Interface endpoints and CloudFront's VPC origins need DNS names.
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: { Name: names.prefix },
  });
  // The default security group has no rules, so a resource without a security group of its own reaches nothing.
  new DefaultSecurityGroup(scope, 'default-security-group', {
    vpcId: vpc.id,
    tags: { Name: names.unusedSecurityGroup },
  });
  const internetGateway = new InternetGateway(scope, 'internet-gateway', {
    vpcId: vpc.id,
    tags: { Name: names.prefix },
  });
  const zones = createSubnets(scope, { settings, names, vpcId: vpc.id, internetGateway });
  const routeTableIds = zones.map(({ privateRouteTableId }) => privateRouteTableId);
  const prefixLists = createGatewayEndpoints(scope, { vpcId: vpc.id, deployment, routeTableIds });
  const network: Network = {
    vpcId: vpc.id,
    region: deployment.region,
    cidr: settings.cidr,
    egress: settings.egress,
    isolatedWorkers: settings.isolatedWorkers,
    internetGateway,
    ...prefixLists,
    publicSubnetIds: zones.map(({ publicSubnetId }) => publicSubnetId),
    privateSubnetIds: zones.map(({ privateSubnetId }) => privateSubnetId),
  };
  createFlowLog(scope, { vpc, names, days: settings.flowLogDays });
  const isClosed = settings.egress === 'interface-endpoints';
  if (!isClosed) createNatRoutes(scope, { zones, names, settings, internetGateway });
  if (!isClosed && !settings.isolatedWorkers) return network;
  return { ...network, endpointSecurityGroupId: createInterfaceEndpoints(scope, { network, deployment }) };
}
