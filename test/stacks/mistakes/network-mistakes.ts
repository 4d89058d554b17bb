import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js';
import { add, type Mistake, set, setting } from './mistake.ts';

const SUBNET = 'private-subnet-use1-az2';

/** In the network of the edge stack. */
export const NETWORK_MISTAKES: Mistake[] = [
  ['a list of zones', 'IMG-ZONE-001', add((stack) => new DataAwsAvailabilityZones(stack, 'zones', {}))],
  ['a zone by its name', 'IMG-ZONE-002', set(SUBNET, 'availability_zone', 'us-east-1a')],
  ['a subnet wherever AWS likes', 'IMG-ZONE-002', set(SUBNET, 'availability_zone_id', undefined)],
  ['a subnet that goes before its instances', 'IMG-ZONE-003', set(SUBNET, 'lifecycle', undefined)],
  ['a NAT gateway that goes before its routes', 'IMG-ZONE-003', set('nat-use1-az2', 'lifecycle', undefined)],
  ['arm64 on Fargate in use1-az3', 'IMG-ZONE-004', setting('network.zones', ['use1-az1', 'use1-az2', 'use1-az3'])],
  ['a zone without instances', 'IMG-ZONE-005', setting('network.zones', ['use1-az2', 'use1-az3'])],
];
