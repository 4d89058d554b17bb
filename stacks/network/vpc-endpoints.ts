import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import type { Construct } from 'constructs';
import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { endpointPolicy } from './endpoint-policies.ts';
import type { Network } from './network.ts';
import { createSecurityGroup } from './security-group.ts';

interface GatewayProps {
  vpcId: string;
  deployment: Deployment;
  routeTableIds: string[];
}

/** Gateway endpoints and their traffic are free, where NAT takes $0.045 a GB. Image layers of ECR come from S3, so they use one too. */
export function createGatewayEndpoints(scope: Construct, { vpcId, deployment, routeTableIds }: GatewayProps) {
  const endpoint = (service: 's3' | 'dynamodb') =>
    new VpcEndpoint(scope, `${service}-endpoint`, {
      vpcId,
      serviceName: `com.amazonaws.${deployment.region}.${service}`,
      vpcEndpointType: 'Gateway',
      routeTableIds,
      policy: endpointPolicy(service, deployment),
      tags: { Name: `${namesOf(deployment).prefix}-${service}` },
    });
  return { s3PrefixListId: endpoint('s3').prefixListId, dynamoDbPrefixListId: endpoint('dynamodb').prefixListId };
}

/** The APIs that the worker, the ECS agent and the log driver of an instance call beside S3 and DynamoDB. */
export const WORKER_ENDPOINTS = ['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'logs', 'sqs'] as const;

/** Without NAT, the other services need SSM as well, for secrets. CloudFront has no endpoint, so invalidations need NAT. */
export const INTERFACE_ENDPOINTS = [...WORKER_ENDPOINTS, 'ssm'] as const;

/** Private DNS makes everything in the network reach these services through the endpoints. Returns the id of their security group. */
export function createInterfaceEndpoints(
  scope: Construct,
  { network, deployment }: { network: Network; deployment: Deployment },
): string {
  const names = namesOf(deployment);
  const securityGroupId = createSecurityGroup(scope, 'endpoints-security-group', {
    network,
    name: `${names.prefix}-endpoints`,
    description: 'Interface endpoints of AWS services',
  });
  for (const service of network.egress === 'interface-endpoints' ? INTERFACE_ENDPOINTS : WORKER_ENDPOINTS) {
    new VpcEndpoint(scope, `${service.replace('.', '-')}-endpoint`, {
      vpcId: network.vpcId,
      serviceName: `com.amazonaws.${network.region}.${service}`,
      vpcEndpointType: 'Interface',
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroupId],
      privateDnsEnabled: true,
      // These two accept no policy (stacks/network/endpoint-policies.ts).
      ...(service !== 'ecs-agent' && service !== 'ecs-telemetry' && { policy: endpointPolicy(service, deployment) }),
      tags: { Name: `${names.prefix}-${service}` },
    });
  }
  return securityGroupId;
}
