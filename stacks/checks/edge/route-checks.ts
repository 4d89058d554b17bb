import { block, strings, text, type Values } from '../blocks.ts';
import type { Check } from '../check.ts';
import type { Inventory, Resource } from '../inventory.ts';

const ASSOCIATION = 'aws_route_table_association';
const ROUTE = 'aws_route';
const SUBNET = 'aws_subnet';
const EVERYWHERE = '0.0.0.0/0';

const tablesOf = (subnet: unknown, inventory: Inventory): Resource[] => {
  const address = inventory.target(subnet)?.address;
  return inventory
    .all(ASSOCIATION)
    .filter(({ values }) => address !== undefined && inventory.target(values.subnet_id)?.address === address)
    .flatMap(({ values }) => inventory.target(values.route_table_id) ?? []);
};

/** Ways out of a route table: what its routes to everywhere lead to. */
const waysOut = (table: Resource, inventory: Inventory): Values[] =>
  inventory
    .pointingAt(table, ROUTE, 'route_table_id', 'id')
    .map(({ values }) => values)
    .filter(({ destination_cidr_block }) => destination_cidr_block === EVERYWHERE);

const isPublicTable = (table: Resource, inventory: Inventory): boolean =>
  waysOut(table, inventory).some(({ gateway_id }) => gateway_id !== undefined);

/** Undefined where the subnet, or its table, is not of this stack. */
const isPublicSubnet = (subnet: unknown, inventory: Inventory): boolean | undefined => {
  const [table] = tablesOf(subnet, inventory);
  return table && isPublicTable(table, inventory);
};

const nameOf = (subnet: unknown, inventory: Inventory): string => inventory.target(subnet)?.path ?? text(subnet);

const subnetsOf = ({ type, values }: Resource): string[] =>
  type === 'aws_ecs_service'
    ? strings(block(values, 'network_configuration')?.subnets)
    : strings(values.vpc_zone_identifier ?? values.subnet_ids ?? values.subnets ?? values.subnet_id);

/** Subnets that are public, or are not, as they must not be. */
const misplaced = (resource: Resource, inventory: Inventory, isPublic: boolean): string[] =>
  subnetsOf(resource)
    .filter((subnet) => isPublicSubnet(subnet, inventory) === isPublic)
    .map((subnet) => `${nameOf(subnet, inventory)} ${isPublic ? 'has' : 'has no'} way to the internet gateway`);

const privateTables = (inventory: Inventory): Resource[] =>
  inventory
    .all('aws_route_table')
    .filter((table) => inventory.pointingAt(table, ASSOCIATION, 'route_table_id', 'id').length > 0)
    .filter((table) => !isPublicTable(table, inventory));

/** Where packets go: what a plan shows as fifty ids, and nobody reads. */
export const ROUTE_CHECKS: Check[] = [
  {
    id: 'IMG-NET-201',
    of: ['aws_ecs_service', 'aws_autoscaling_group'],
    reason:
      'Without a public address a task has no way out there, so nothing pulls its image; with one it can be reached.',
    remedy: 'associate private subnets with their own route tables, which lead to NAT.',
    find: (resource, { inventory }) => misplaced(resource, inventory, true),
  },
  {
    id: 'IMG-NET-202',
    of: ['aws_nat_gateway', 'aws_lb'],
    reason: 'It has a public address and no way to the Internet: every connection would wait until it times out.',
    remedy: 'place it in public subnets, whose route table leads to the internet gateway.',
    find: (resource, { inventory }) => (resource.values.internal === true ? [] : misplaced(resource, inventory, false)),
  },
  {
    id: 'IMG-NET-203',
    of: ['aws_vpc_endpoint'],
    reason: 'Images from the subnets of the other tables would go through NAT, at $0.045 a GB.',
    remedy: 'give the route tables of all private subnets in route_table_ids.',
    find: ({ values }, { inventory }) => {
      if (values.vpc_endpoint_type !== 'Gateway') return false;
      const named = strings(values.route_table_ids).map((id) => inventory.target(id)?.address);
      return privateTables(inventory)
        .filter(({ address }) => !named.includes(address))
        .map(({ path }) => `it is not in ${path}`);
    },
  },
  {
    id: 'IMG-NET-210',
    of: ['aws_vpc'],
    reason: 'Images and records would go through NAT, at $0.045 a GB.',
    remedy: 'make gateway endpoints for s3 and dynamodb: createGatewayEndpoints() does.',
    find: (_, { inventory }) => {
      const gateways = inventory.all('aws_vpc_endpoint').filter(({ values }) => values.vpc_endpoint_type === 'Gateway');
      return ['s3', 'dynamodb']
        .filter((service) => !gateways.some(({ values }) => text(values.service_name).endsWith(`.${service}`)))
        .map((service) => `it has no gateway endpoint for ${service}`);
    },
  },
  {
    id: 'IMG-NET-211',
    of: ['aws_vpc'],
    reason: 'Each NAT gateway costs $33 a month, and nothing goes by the second.',
    remedy: 'make one, or set egress to nat-per-zone.',
    find: (_, { inventory, settings }) => {
      const count = inventory.all('aws_nat_gateway').length;
      return settings?.network.egress === 'nat-single' && count !== 1 && `it has ${count} NAT gateways`;
    },
  },
  {
    id: 'IMG-NET-204',
    of: [SUBNET],
    reason: 'It would go by the main route table of the network, which leads nowhere.',
    remedy: 'associate every subnet with one route table.',
    find: ({ address }, { inventory }) => {
      const tables = tablesOf(`\${${address}.id}`, inventory);
      return tables.length !== 1 && `it is associated with ${tables.length} route tables`;
    },
  },
  {
    id: 'IMG-NET-205',
    of: ['aws_route_table'],
    reason: 'Tasks could pull no image and reach no API of AWS.',
    remedy: 'give every private route table a route to a NAT gateway, or set egress to interface-endpoints.',
    find: (table, { inventory, settings }) =>
      settings !== undefined &&
      settings.network.egress !== 'interface-endpoints' &&
      waysOut(table, inventory).length === 0 &&
      'it has no way out',
  },
  {
    id: 'IMG-NET-206',
    of: ['aws_route_table'],
    reason: 'A network that may have no way out would have one.',
    remedy: 'remove the route, or set egress to nat-per-zone.',
    find: (table, { inventory, settings }) =>
      settings?.network.egress === 'interface-endpoints' &&
      waysOut(table, inventory).some(({ nat_gateway_id }) => nat_gateway_id !== undefined) &&
      'it leads to a NAT gateway',
  },
  {
    id: 'IMG-NET-207',
    of: ['aws_nat_gateway'],
    reason:
      'A zone that is lost would take the way out of others along, and their bytes pay $0.01 a GB from zone to zone.',
    remedy: 'route each private table to the NAT gateway of its own zone, or set egress to nat-single.',
    find: (gateway, { inventory, settings }) => {
      const routes = inventory.pointingAt(gateway, ROUTE, 'nat_gateway_id', 'id');
      return (
        settings?.network.egress === 'nat-per-zone' && routes.length !== 1 && `${routes.length} route tables lead to it`
      );
    },
  },
];
