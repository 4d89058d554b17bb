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

/** The default routes of a route table. */
const defaultRoutesOf = (table: Resource, inventory: Inventory): Values[] =>
  inventory
    .pointingAt(table, ROUTE, 'route_table_id', 'id')
    .map(({ values }) => values)
    .filter(({ destination_cidr_block }) => destination_cidr_block === EVERYWHERE);

const isPublicTable = (table: Resource, inventory: Inventory): boolean =>
  defaultRoutesOf(table, inventory).some(({ gateway_id }) => gateway_id !== undefined);

/** Whether a subnet is public; undefined if the subnet or its route table is not in this stack. */
const isPublicSubnet = (subnet: unknown, inventory: Inventory): boolean | undefined => {
  const [table] = tablesOf(subnet, inventory);
  return table && isPublicTable(table, inventory);
};

const nameOf = (subnet: unknown, inventory: Inventory): string => inventory.target(subnet)?.path ?? text(subnet);

const subnetsOf = ({ type, values }: Resource): string[] =>
  type === 'aws_ecs_service'
    ? strings(block(values, 'network_configuration')?.subnets)
    : strings(values.vpc_zone_identifier ?? values.subnet_ids ?? values.subnets ?? values.subnet_id);

/** Describes the subnets of a resource that are public, or those that are not. */
const misplaced = (resource: Resource, inventory: Inventory, isPublic: boolean): string[] =>
  subnetsOf(resource)
    .filter((subnet) => isPublicSubnet(subnet, inventory) === isPublic)
    .map((subnet) => `${nameOf(subnet, inventory)} ${isPublic ? 'has a' : 'has no'} route to the internet gateway`);

const privateTables = (inventory: Inventory): Resource[] =>
  inventory
    .all('aws_route_table')
    .filter((table) => inventory.pointingAt(table, ASSOCIATION, 'route_table_id', 'id').length > 0)
    .filter((table) => !isPublicTable(table, inventory));

/** Routing, which a plan shows only as fifty ids that nobody reads. */
export const ROUTE_CHECKS: Check[] = [
  {
    id: 'IMG-NET-201',
    of: ['aws_ecs_service', 'aws_autoscaling_group'],
    reason:
      'In a public subnet a task without a public address cannot pull its image, and one with such an address can be reached from outside.',
    remedy: 'associate private subnets with their own route tables, which route to NAT.',
    find: (resource, { inventory }) => misplaced(resource, inventory, true),
  },
  {
    id: 'IMG-NET-202',
    of: ['aws_nat_gateway', 'aws_lb'],
    reason: 'It has a public address but no route to the Internet, so every connection would time out.',
    remedy: 'place it in public subnets, whose route table has a route to the internet gateway.',
    find: (resource, { inventory }) => (resource.values.internal === true ? [] : misplaced(resource, inventory, false)),
  },
  {
    id: 'IMG-NET-203',
    of: ['aws_vpc_endpoint'],
    reason: 'Images would go from the other subnets through NAT, at $0.045 a GB.',
    remedy: 'list the route tables of all private subnets in route_table_ids.',
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
    remedy: 'create gateway endpoints for s3 and dynamodb, as createGatewayEndpoints() does.',
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
    reason: 'Each NAT gateway costs $33 a month, and nothing would use the second one.',
    remedy: 'create one, or set egress to nat-per-zone.',
    find: (_, { inventory, settings }) => {
      const count = inventory.all('aws_nat_gateway').length;
      return settings?.network.egress === 'nat-single' && count !== 1 && `it has ${count} NAT gateways`;
    },
  },
  {
    id: 'IMG-NET-204',
    of: [SUBNET],
    reason: 'Without one it uses the main route table of the network, which has no routes out.',
    remedy: 'associate every subnet with exactly one route table.',
    find: ({ address }, { inventory }) => {
      const tables = tablesOf(`\${${address}.id}`, inventory);
      return tables.length !== 1 && `it is associated with ${tables.length} route tables`;
    },
  },
  {
    id: 'IMG-NET-205',
    of: ['aws_route_table'],
    reason: 'Tasks could neither pull images nor reach the APIs of AWS.',
    remedy: 'give every private route table a route to a NAT gateway, or set egress to interface-endpoints.',
    find: (table, { inventory, settings }) =>
      settings !== undefined &&
      settings.network.egress !== 'interface-endpoints' &&
      defaultRoutesOf(table, inventory).length === 0 &&
      'it has no default route',
  },
  {
    id: 'IMG-NET-206',
    of: ['aws_route_table'],
    reason: 'The settings promise a network without outbound access.',
    remedy: 'remove the route, or set egress to nat-per-zone.',
    find: (table, { inventory, settings }) =>
      settings?.network.egress === 'interface-endpoints' &&
      defaultRoutesOf(table, inventory).some(({ nat_gateway_id }) => nat_gateway_id !== undefined) &&
      'it has a route to a NAT gateway',
  },
  {
    id: 'IMG-NET-207',
    of: ['aws_nat_gateway'],
    reason: 'The loss of a zone would cut off other zones, and traffic between zones costs $0.01 a GB.',
    remedy: 'route each private route table to the NAT gateway of its own zone, or set egress to nat-single.',
    find: (gateway, { inventory, settings }) => {
      const routes = inventory.pointingAt(gateway, ROUTE, 'nat_gateway_id', 'id');
      return (
        settings?.network.egress === 'nat-per-zone' && routes.length !== 1 && `${routes.length} route tables use it`
      );
    },
  },
];
