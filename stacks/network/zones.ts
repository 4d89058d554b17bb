import type { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { NetworkSettings } from '../environments/settings.ts';
import { privateBlockOf, publicBlockOf } from './zone-ids.ts';

export interface Zone {
  /** `use1-az1`: what all that is of a zone has in its name, so that other zones may come and go. */
  id: string;
  publicSubnetId: string;
  privateSubnetId: string;
  privateRouteTableId: string;
}

interface ZonesProps {
  settings: NetworkSettings;
  names: Names;
  vpcId: string;
  internetGateway: InternetGateway;
}

/**
 * Of what a zone has: it goes after everything that used it has been told. Otherwise Terraform removes a subnet first, which AWS refuses while
 * a load balancer or an instance is in it (internal/terraform/transform_destroy_edge.go: an update waits for the end of what it depended on).
 */
export const GOES_LAST = { createBeforeDestroy: true };

/** The subnets of each zone, in the order of the ids: a list in another order is the same network. */
export function createZones(scope: Construct, props: ZonesProps): Zone[] {
  const { settings, names, vpcId, internetGateway } = props;
  const publicTable = new RouteTable(scope, 'public-routes', { vpcId, tags: { Name: `${names.prefix}-public` } });
  new Route(scope, 'internet-route', {
    routeTableId: publicTable.id,
    destinationCidrBlock: '0.0.0.0/0',
    gatewayId: internetGateway.id,
  });
  return [...new Set(settings.zones)].sort().map((id) => createZone(scope, id, { ...props, publicTable }));
}

function createZone(
  scope: Construct,
  id: string,
  { settings, names, vpcId, publicTable }: ZonesProps & { publicTable: RouteTable },
): Zone {
  const subnet = (kind: 'public' | 'private', block: number) =>
    new Subnet(scope, `${kind}-subnet-${id}`, {
      vpcId,
      availabilityZoneId: id,
      cidrBlock: Fn.cidrsubnet(settings.cidr, 4, block),
      mapPublicIpOnLaunch: false,
      tags: { Name: `${names.prefix}-${kind}-${id}` },
      lifecycle: GOES_LAST,
      // Instances in it drain first.
      timeouts: { delete: '1h' },
    });
  const open = subnet('public', publicBlockOf(id));
  const closed = subnet('private', privateBlockOf(id));
  const table = new RouteTable(scope, `private-routes-${id}`, {
    vpcId,
    tags: { Name: `${names.prefix}-private-${id}` },
    lifecycle: GOES_LAST,
  });
  associate(scope, `public-association-${id}`, open, publicTable);
  associate(scope, `private-association-${id}`, closed, table);
  return { id, publicSubnetId: open.id, privateSubnetId: closed.id, privateRouteTableId: table.id };
}

const associate = (scope: Construct, id: string, subnet: Subnet, table: RouteTable) =>
  new RouteTableAssociation(scope, id, { subnetId: subnet.id, routeTableId: table.id });
