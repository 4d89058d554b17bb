import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/naming.ts';
import type { Zone } from './network.ts';

interface NatProps {
  zones: Zone[];
  names: Names;
  /** One gateway for all zones: half or a third of the cost, and its zone takes the way out of all along. */
  single: boolean;
  internetGateway: ITerraformDependable;
}

/** The way out of the private subnets; nothing comes in by it. */
export function createNatRoutes(scope: Construct, { zones, names, single, internetGateway }: NatProps): void {
  const gateways = zones.slice(0, single ? 1 : zones.length).map(({ number, publicSubnetId }) => {
    const dependsOn = [internetGateway];
    const tags = { Name: `${names.prefix}-nat-${number}` };
    const address = new Eip(scope, `nat-address-${number}`, { domain: 'vpc', dependsOn, tags });
    return new NatGateway(scope, `nat-${number}`, {
      allocationId: address.id,
      subnetId: publicSubnetId,
      dependsOn,
      tags,
    });
  });
  for (const { number, privateRouteTableId } of zones) {
    const gateway = gateways[number] ?? gateways[0];
    if (!gateway) continue;
    new Route(scope, `nat-route-${number}`, {
      routeTableId: privateRouteTableId,
      destinationCidrBlock: '0.0.0.0/0',
      natGatewayId: gateway.id,
    });
  }
}
