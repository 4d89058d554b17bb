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
  /** For example `use1-az1`. Every resource of a zone has it in its name, so that adding or removing other zones does not change them. */
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
 * Has a resource of a zone removed only after everything that used it has been updated. Otherwise Terraform removes a subnet first, which AWS
 * refuses while a load balancer or an instance is in it (internal/terraform/transform_destroy_edge.go: an update waits until what it depended
 * on is destroyed).
 */
export const CREATE_BEFORE_DESTROY = { createBeforeDestroy: true };

/** Creates the subnets of each zone, sorted by id, so that reordering the setting changes nothing. */
export function createSubnets(scope: Construct, props: ZonesProps): Zone[] {
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
      lifecycle: CREATE_BEFORE_DESTROY,
      // Instances in the subnet drain first.
      timeouts: { delete: '1h' },
    });
  const open = subnet('public', publicBlockOf(id));
  const closed = subnet('private', privateBlockOf(id));
  const table = new RouteTable(scope, `private-routes-${id}`, {
    vpcId,
    tags: { Name: `${names.prefix}-private-${id}` },
    lifecycle: CREATE_BEFORE_DESTROY,
  });
  associate(scope, `public-association-${id}`, open, publicTable);
  associate(scope, `private-association-${id}`, closed, table);
  return { id, publicSubnetId: open.id, privateSubnetId: closed.id, privateRouteTableId: table.id };
}

const associate = (scope: Construct, id: string, subnet: Subnet, table: RouteTable) =>
  new RouteTableAssociation(scope, id, { subnetId: subnet.id, routeTableId: table.id });
