import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { add, type Change, type Mistake, set, setting, statement } from './mistake.ts';

const SUBNET = 'private-subnet-use1-az2';

/** Mistakes in the network of the edge stack. */
export const NETWORK_MISTAKES: Mistake[] = [
  ['zones from a data source', 'IMG-ZONE-001', add((stack) => new DataAwsAvailabilityZones(stack, 'zones', {}))],
  ['a zone given by its name', 'IMG-ZONE-002', set(SUBNET, 'availability_zone', 'us-east-1a')],
  ['a subnet whose zone AWS chooses', 'IMG-ZONE-002', set(SUBNET, 'availability_zone_id', undefined)],
  ['a subnet that is destroyed before its instances', 'IMG-ZONE-003', set(SUBNET, 'lifecycle', undefined)],
  ['a NAT gateway that is destroyed before its routes', 'IMG-ZONE-003', set('nat-use1-az2', 'lifecycle', undefined)],
  ['arm64 on Fargate in use1-az3', 'IMG-ZONE-004', setting('network.zones', ['use1-az1', 'use1-az2', 'use1-az3'])],
  ['a zone without instances', 'IMG-ZONE-005', setting('network.zones', ['use1-az2', 'use1-az3'])],
];

const S3 = 's3-endpoint';
const everything = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
/** Allows the workers' instances to connect to the Internet. */
const wayOut: Change = add((stack) => {
  const group = stack.node.findChild('worker-fleet').node.findChild('instances') as SecurityGroup;
  const world = { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIpv4: '0.0.0.0/0', description: 'all' };
  return new VpcSecurityGroupEgressRule(stack, 'way-out', { ...world, securityGroupId: group.id });
});

/** Mistakes in the network of the workers' instances. */
export const ENDPOINT_MISTAKES: Mistake[] = [
  ['an endpoint without a policy', 'IMG-VPCE-001', set(S3, 'policy', undefined)],
  ['an endpoint to tables of all accounts', 'IMG-VPCE-001', statement('dynamodb-endpoint', 'policy', 0, everything)],
  [
    'an endpoint to every table of the account',
    'IMG-VPCE-001',
    statement('dynamodb-endpoint', 'policy', 0, { Resource: 'arn:aws:dynamodb:us-east-1:111122223333:*' }),
  ],
  [
    'an endpoint for another cluster',
    'IMG-VPCE-002',
    setting('network.isolatedWorkers', true),
    statement('ecs-endpoint', 'policy', 1, { Resource: 'arn:aws:ecs:us-east-1:111122223333:cluster/other' }),
  ],
  ['an endpoint without image layers', 'IMG-VPCE-003', statement(S3, 'policy', 1, { Resource: 'arn:aws:s3:::x/*' })],
  ['isolated workers with Internet access', 'IMG-VPCE-004', setting('network.isolatedWorkers', true), wayOut],
];
