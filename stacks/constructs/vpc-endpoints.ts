import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/naming.ts';
import type { Network } from './network.ts';
import { createSecurityGroup } from './security-group.ts';

interface GatewayProps {
  vpcId: string;
  region: string;
  names: Names;
  routeTableIds: string[];
}

/** Free, and bytes that go by them cost nothing, where NAT takes $0.045 a GB. Image layers of ECR come from S3, so they too. */
export function createGatewayEndpoints(scope: Construct, { vpcId, region, names, routeTableIds }: GatewayProps) {
  const endpoint = (service: string) =>
    new VpcEndpoint(scope, `${service}-endpoint`, {
      vpcId,
      serviceName: `com.amazonaws.${region}.${service}`,
      vpcEndpointType: 'Gateway',
      routeTableIds,
      tags: { Name: `${names.prefix}-${service}` },
    });
  return { s3PrefixListId: endpoint('s3').prefixListId, dynamoDbPrefixListId: endpoint('dynamodb').prefixListId };
}

/** What tasks, the ECS agent and the log driver speak to beside S3 and DynamoDB. CloudFront has no endpoint: an invalidation needs NAT. */
export const INTERFACE_ENDPOINTS = [
  'ecr.api',
  'ecr.dkr',
  'logs',
  'sqs',
  'ssm',
  'sts',
  'ecs',
  'ecs-agent',
  'ecs-telemetry',
] as const;

/** An address in every zone for each of them. Nine in two zones cost more than two NAT gateways: they are for networks that may have no way out. */
export function createInterfaceEndpoints(
  scope: Construct,
  { network, names }: { network: Network; names: Names },
): string {
  const securityGroupId = createSecurityGroup(scope, 'endpoints-security-group', {
    network,
    name: `${names.prefix}-endpoints`,
    description: 'Interface endpoints of AWS services',
  });
  for (const service of INTERFACE_ENDPOINTS) {
    new VpcEndpoint(scope, `${service.replace('.', '-')}-endpoint`, {
      vpcId: network.vpcId,
      serviceName: `com.amazonaws.${network.region}.${service}`,
      vpcEndpointType: 'Interface',
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroupId],
      privateDnsEnabled: true,
      tags: { Name: `${names.prefix}-${service}` },
    });
  }
  return securityGroupId;
}
