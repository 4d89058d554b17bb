import { expect } from 'chai';
import { INTERFACE_ENDPOINTS } from '../../stacks/constructs/vpc-endpoints.ts';
import { type Arguments, all, entrance, only, type Synthesised, ZONES } from '../support/entrance.ts';
import { platform, SETTINGS } from '../support/platform.ts';

const EGRESS = ['nat-per-zone', 'nat-single', 'interface-endpoints'] as const;

const endpoints = (synthesised: Synthesised, type: string): Arguments[] =>
  all(synthesised, 'vpc_endpoint').filter(({ vpc_endpoint_type }) => vpc_endpoint_type === type);

const isToTheWorld = ({ destination_cidr_block }: Arguments): boolean => destination_cidr_block === '0.0.0.0/0';

describe('network', () => {
  for (const count of [2, 3]) {
    it(`has a public and a private subnet in each of ${count} zones, and gives nobody a public address`, () => {
      const zones = ZONES.slice(0, count);
      const subnets = all(entrance({ network: { zones } }), 'subnet');
      expect(subnets.map((subnet) => subnet.availability_zone_id)).to.have.members([...zones, ...zones]);
      expect(new Set(subnets.map(({ cidr_block }) => cidr_block)).size).to.equal(2 * count);
      for (const { map_public_ip_on_launch } of subnets) expect(map_public_ip_on_launch).to.equal(false);
    });
  }

  for (const egress of EGRESS) {
    it(`has free gateway endpoints for S3 and DynamoDB in every private route table with ${egress}`, () => {
      const synthesised = entrance({ network: { egress } });
      const gateways = endpoints(synthesised, 'Gateway');
      expect(gateways.map(({ service_name }) => service_name)).to.have.members([
        'com.amazonaws.eu-west-1.s3',
        'com.amazonaws.eu-west-1.dynamodb',
      ]);
      for (const { route_table_ids } of gateways) expect(new Set(route_table_ids).size).to.equal(3);
    });
  }

  it('has a NAT gateway and a way out in each zone with nat-per-zone', () => {
    const synthesised = entrance({ network: { egress: 'nat-per-zone' } });
    const routes = all(synthesised, 'route').filter(({ nat_gateway_id }) => nat_gateway_id);
    expect(all(synthesised, 'nat_gateway')).to.have.length(3);
    expect(new Set(routes.map(({ nat_gateway_id }) => nat_gateway_id)).size).to.equal(3);
    expect(new Set(routes.map(({ route_table_id }) => route_table_id)).size).to.equal(3);
  });

  it('shares one NAT gateway with nat-single', () => {
    const synthesised = entrance({ network: { egress: 'nat-single' } });
    const routes = all(synthesised, 'route').filter(({ nat_gateway_id }) => nat_gateway_id);
    expect(all(synthesised, 'nat_gateway')).to.have.length(1);
    expect(routes).to.have.length(3);
    expect(new Set(routes.map(({ nat_gateway_id }) => nat_gateway_id)).size).to.equal(1);
  });

  it('has no way out of the private subnets with interface-endpoints, and what tasks need by endpoints with private names', () => {
    const synthesised = entrance({ network: { egress: 'interface-endpoints' } });
    expect(all(synthesised, 'nat_gateway')).to.deep.equal([]);
    const ways = all(synthesised, 'route').filter(isToTheWorld);
    expect(ways.map(({ gateway_id }) => gateway_id).join()).to.match(/^\$\{aws_internet_gateway\.[\w-]+\.id\}$/);
    const interfaces = endpoints(synthesised, 'Interface');
    expect(interfaces.map(({ service_name }) => service_name)).to.have.members(
      INTERFACE_ENDPOINTS.map((service) => `com.amazonaws.eu-west-1.${service}`),
    );
    for (const { private_dns_enabled, subnet_ids } of interfaces) {
      expect(private_dns_enabled).to.equal(true);
      expect(subnet_ids).to.have.length(3);
    }
  });

  it('waits for the internet gateway with all that faces the Internet', () => {
    const synthesised = entrance();
    for (const type of ['nat_gateway', 'eip', 'lb']) {
      for (const { depends_on } of all(synthesised, type)) {
        expect(depends_on).to.include('aws_internet_gateway.internet-gateway');
      }
    }
  });

  it('leaves the default security group without rules', () => {
    const { ingress, egress } = only(entrance(), 'default_security_group');
    expect([ingress, egress]).to.deep.equal([undefined, undefined]);
  });

  it('keeps flow logs for the days of the settings, with a role that only its own account may use, or none', () => {
    const synthesised = entrance();
    expect(only(synthesised, 'cloudwatch_log_group').retention_in_days).to.equal(14);
    expect(only(synthesised, 'flow_log').traffic_type).to.equal('ALL');
    expect(only(synthesised, 'iam_role').assume_role_policy).to.include('aws:SourceAccount');
    expect(JSON.parse(only(synthesised, 'iam_role_policy').policy).Statement[0].Resource).to.not.equal('*');
    const without = entrance({ network: { flowLogDays: 0 } });
    for (const type of ['flow_log', 'iam_role', 'cloudwatch_log_group']) expect(all(without, type)).to.deep.equal([]);
  });
});

describe('security groups', () => {
  const ingress = (synthesised: Synthesised) => all(synthesised, 'vpc_security_group_ingress_rule');
  const egress = (synthesised: Synthesised) => all(synthesised, 'vpc_security_group_egress_rule');

  for (const way of EGRESS) {
    it(`have rules for one TCP port to one peer, each with its reason, and none inline with ${way}`, () => {
      const synthesised = entrance({ network: { egress: way } });
      for (const rule of [...ingress(synthesised), ...egress(synthesised)]) {
        expect(rule.ip_protocol).to.equal('tcp');
        expect(rule.from_port).to.equal(rule.to_port);
        expect(rule.description).to.match(/\w/);
        const peers = [rule.referenced_security_group_id, rule.prefix_list_id, rule.cidr_ipv4].filter(Boolean);
        expect(peers).to.have.length(1);
      }
      for (const group of all(synthesised, 'security_group')) {
        expect([group.ingress, group.egress]).to.deep.equal([undefined, undefined]);
        expect(group.name_prefix).to.match(/-$/);
        expect(group.lifecycle.create_before_destroy).to.equal(true);
      }
    });

    it(`are open to the world only at the load balancer's 443 and 80 with ${way}`, () => {
      const open = ingress(entrance({ network: { egress: way } })).filter(({ cidr_ipv4 }) => cidr_ipv4);
      expect(open.map(({ from_port }) => from_port)).to.have.members([443, 80]);
      for (const { security_group_id } of open) expect(security_group_id).to.include('load-balancer-security-group');
    });
  }

  for (const way of ['nat-per-zone', 'nat-single'] as const) {
    it(`let nothing out but HTTPS, and that where AWS has no prefix list, with ${way}`, () => {
      const out = egress(entrance({ network: { egress: way } })).filter(({ cidr_ipv4 }) => cidr_ipv4);
      expect(out.map(({ from_port }) => from_port)).to.deep.equal([443]);
    });
  }

  it('let nothing out to any address with interface-endpoints', () => {
    const synthesised = entrance({ network: { egress: 'interface-endpoints' } });
    expect(egress(synthesised).filter(({ cidr_ipv4 }) => cidr_ipv4)).to.deep.equal([]);
    const toEndpoints = egress(synthesised).filter(({ description }) => description.includes('Interface endpoints'));
    expect(toEndpoints.map(({ referenced_security_group_id }) => referenced_security_group_id).join()).to.match(
      /^\$\{aws_security_group\.endpoints-security-group\.id\}$/,
    );
  });

  for (const isolatedWorkers of [true, false]) {
    it(`${isolatedWorkers ? 'keep isolated workers from sending' : 'let others than isolated workers send'} to any address`, () => {
      const synthesised = platform({ network: { ...SETTINGS.network, isolatedWorkers } });
      const out = egress(synthesised).filter(({ cidr_ipv4 }) => cidr_ipv4);
      const groups = out.map(({ security_group_id }) => /aws_security_group\.([a-z-]+)/.exec(security_group_id)?.[1]);
      expect(groups).to.have.members([
        ...['sync-upload', 'async-upload', 'download', 'async-upload-fleet'],
        ...(isolatedWorkers ? [] : ['worker-fleet']),
      ]);
    });
  }

  it('write both ends of a connection between two of them', () => {
    const synthesised = entrance();
    const describes = ({ description }: Arguments) => description === 'Requests';
    const [entering] = ingress(synthesised).filter(describes);
    const [leaving] = egress(synthesised).filter(describes);
    expect(entering?.security_group_id).to.equal(leaving?.referenced_security_group_id);
    expect(leaving?.security_group_id).to.equal(entering?.referenced_security_group_id);
  });
});
