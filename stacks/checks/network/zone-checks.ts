import { block } from '../blocks.ts';
import type { Check, SettingsCheck } from '../check.ts';
import { hasFargate, hasInstances } from './zone-offers.ts';

const LISTINGS = ['data.aws_availability_zones', 'data.aws_availability_zone', 'data.aws_subnets'];

/** Placement in availability zones, so that adding or removing a zone leaves the others alone. */
export const ZONE_CHECKS: Check[] = [
  {
    id: 'IMG-ZONE-001',
    of: LISTINGS,
    reason:
      'A zone that is unavailable for an hour leaves the list, and Terraform replaces everything placed by the list.',
    remedy: 'use the zone ids in network.zones of the settings.',
    find: ({ type }) => `${type} lists what is available at the moment`,
  },
  {
    id: 'IMG-ZONE-002',
    of: ['aws_subnet'],
    reason: 'A zone name means different zones in different accounts, and without any AWS chooses the zone.',
    remedy: 'set availability_zone_id and leave availability_zone out.',
    find: ({ values }) =>
      (values.availability_zone !== undefined || values.availability_zone_id === undefined) &&
      'it is not placed by a zone id',
  },
  {
    id: 'IMG-ZONE-003',
    of: ['aws_subnet', 'aws_nat_gateway'],
    reason:
      'When its zone is removed from the settings, Terraform would delete it before the load balancer, the instances and the routes stop using it, and AWS refuses that until Terraform gives up.',
    remedy: 'set create_before_destroy in lifecycle.',
    find: ({ values }) =>
      String(block(values, 'lifecycle')?.create_before_destroy) !== 'true' && 'it would be deleted before what uses it',
  },
];

export const ZONE_SETTINGS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-ZONE-004',
    reason: 'Fargate cannot run such tasks there: a deployment fails as soon as ECS places one in that zone.',
    remedy: 'choose another zone in network.zones, or another architecture or instances for the service.',
    find: ({ region, network, services }) =>
      Object.entries(services).flatMap(([name, { capacity }]) =>
        capacity.kind === 'fargate'
          ? network.zones
              .filter((zone) => !hasFargate(zone, region, capacity.architecture))
              .map((zone) => `${name}: ${zone} has no Fargate for ${capacity.architecture}`)
          : [],
      ),
  },
  {
    id: 'IMG-ZONE-005',
    reason:
      'This old zone can start neither workers nor instances of an API, and its NAT gateway would cost money for nothing.',
    remedy: 'choose another zone in network.zones.',
    find: ({ network }) =>
      network.zones
        .filter((zone) => !hasInstances(zone))
        .map((zone) => `${zone} has none of the instance types that the project knows`),
  },
];
