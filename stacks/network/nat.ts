import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { NetworkSettings } from '../environments/settings.ts';
import { CREATE_BEFORE_DESTROY, type Zone } from './subnets.ts';

interface NatProps {
  zones: Zone[];
  names: Names;
  settings: NetworkSettings;
  internetGateway: ITerraformDependable;
}

/** Routes from the private subnets to the Internet; nothing can come in by them. */
export function createNatRoutes(scope: Construct, props: NatProps): void {
  const { zones, settings } = props;
  const isSingle = settings.egress === 'nat-single';
  const withGateway = zones.filter(({ id }) => !isSingle || id === settings.natZone);
  const gateways = new Map(withGateway.map((zone) => [zone.id, createGateway(scope, zone, props)]));
  for (const { id, privateRouteTableId } of zones) {
    const gateway = gateways.get(isSingle ? (settings.natZone ?? '') : id);
    // A natZone outside the network's zones is reported by a check.
    if (!gateway) continue;
    new Route(scope, `nat-route-${id}`, {
      routeTableId: privateRouteTableId,
      destinationCidrBlock: '0.0.0.0/0',
      natGatewayId: gateway.id,
    });
  }
}

function createGateway(scope: Construct, { id, publicSubnetId }: Zone, { names, internetGateway }: NatProps) {
  const dependsOn = [internetGateway];
  const tags = { Name: `${names.prefix}-nat-${id}` };
  const address = new Eip(scope, `nat-address-${id}`, {
    domain: 'vpc',
    dependsOn,
    tags,
    lifecycle: CREATE_BEFORE_DESTROY,
  });
  return new NatGateway(scope, `nat-${id}`, {
    allocationId: address.id,
    subnetId: publicSubnetId,
    dependsOn,
    tags,
    // Routes move to the new gateway before the old one is removed.
    lifecycle: CREATE_BEFORE_DESTROY,
  });
}
