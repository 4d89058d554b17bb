import { block } from '../blocks.ts';
import type { Check, SettingsCheck } from '../check.ts';
import { hasFargate, hasInstances } from './zone-offers.ts';

const LISTINGS = ['data.aws_availability_zones', 'data.aws_availability_zone', 'data.aws_subnets'];

/** In which zones things are, and that a zone more or less leaves the others alone. */
export const ZONE_CHECKS: Check[] = [
  {
    id: 'IMG-ZONE-001',
    of: LISTINGS,
    reason: 'A zone that is not available for an hour leaves the list, and all that was placed by it is replaced.',
    remedy: 'take the ids of zones from network.zones of the settings.',
    find: ({ type }) => `${type} lists what there is at the moment`,
  },
  {
    id: 'IMG-ZONE-002',
    of: ['aws_subnet'],
    reason: 'Names of zones are other places in another account, and without one AWS chooses.',
    remedy: 'give availability_zone_id and leave availability_zone out.',
    find: ({ values }) =>
      (values.availability_zone !== undefined || values.availability_zone_id === undefined) &&
      'it is not placed by the id of a zone',
  },
  {
    id: 'IMG-ZONE-003',
    of: ['aws_subnet', 'aws_nat_gateway'],
    reason:
      'When its zone is given up, Terraform would remove it before the load balancer, the instances and the routes in it have been told: AWS refuses for as long as Terraform tries.',
    remedy: 'set create_before_destroy in lifecycle.',
    find: ({ values }) =>
      String(block(values, 'lifecycle')?.create_before_destroy) !== 'true' && 'it would go before what uses it',
  },
];

export const ZONE_SETTINGS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-ZONE-004',
    reason: 'Fargate has no place for such tasks there: a deployment fails as soon as ECS puts one into that zone.',
    remedy: 'name another zone in network.zones, or give the service another architecture or instances.',
    find: ({ region, network, services }) =>
      Object.entries(services).flatMap(([name, { capacity }]) =>
        capacity.kind === 'fargate'
          ? network.zones
              .filter((zone) => !hasFargate(zone, region, capacity.architecture))
              .map((zone) => `${name}: ${zone} has no Fargate of ${capacity.architecture}`)
          : [],
      ),
  },
  {
    id: 'IMG-ZONE-005',
    reason:
      'It is an old part of its region: neither workers nor instances of an API start there, and its NAT gateway is paid for in vain.',
    remedy: 'name another zone in network.zones.',
    find: ({ network }) =>
      network.zones
        .filter((zone) => !hasInstances(zone))
        .map((zone) => `${zone} has none of the instance types that the project knows`),
  },
];
