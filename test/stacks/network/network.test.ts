import { expect } from 'chai';
import { INTERFACE_ENDPOINTS } from '../../../stacks/network/vpc-endpoints.ts';
import { type Arguments, all, entrance, only, type Synthesised, ZONES } from '../../support/stacks/entrance.ts';
import { platform, SETTINGS } from '../../support/stacks/platform.ts';

const endpoints = (synthesised: Synthesised, type: string): Arguments[] =>
  all(synthesised, 'vpc_endpoint').filter(({ vpc_endpoint_type }) => vpc_endpoint_type === type);

const isToTheWorld = ({ destination_cidr_block }: Arguments): boolean => destination_cidr_block === '0.0.0.0/0';

describe('network', () => {
  for (const count of [2, 3]) {
    it(`has a public and a private subnet in each of ${count} zones`, () => {
      const zones = ZONES.slice(0, count);
      const subnets = all(entrance({ network: { zones } }), 'subnet');
      expect(subnets.map((subnet) => subnet.availability_zone_id)).to.have.members([...zones, ...zones]);
      expect(new Set(subnets.map(({ cidr_block }) => cidr_block)).size).to.equal(2 * count);
    });
  }

  it('has no NAT with interface-endpoints, but an endpoint in every zone for each API that tasks need', () => {
    const synthesised = entrance({ network: { egress: 'interface-endpoints' } });
    expect(all(synthesised, 'nat_gateway')).to.deep.equal([]);
    const ways = all(synthesised, 'route').filter(isToTheWorld);
    expect(ways.map(({ gateway_id }) => gateway_id).join()).to.match(/^\$\{aws_internet_gateway\.[\w-]+\.id\}$/);
    const interfaces = endpoints(synthesised, 'Interface');
    expect(interfaces.map(({ service_name }) => service_name)).to.have.members(
      INTERFACE_ENDPOINTS.map((service) => `com.amazonaws.eu-west-1.${service}`),
    );
    for (const { subnet_ids } of interfaces) expect(subnet_ids).to.have.length(3);
  });

  it('keeps flow logs for the days of the settings, or none', () => {
    expect(only(entrance(), 'cloudwatch_log_group').retention_in_days).to.equal(14);
    const without = entrance({ network: { flowLogDays: 0 } });
    for (const type of ['flow_log', 'iam_role', 'cloudwatch_log_group']) expect(all(without, type)).to.deep.equal([]);
  });
});

describe('security groups', () => {
  const egress = (synthesised: Synthesised) => all(synthesised, 'vpc_security_group_egress_rule');

  it('allow no traffic to the Internet with interface-endpoints', () => {
    const synthesised = entrance({ network: { egress: 'interface-endpoints' } });
    expect(egress(synthesised).filter(({ cidr_ipv4 }) => cidr_ipv4)).to.deep.equal([]);
    const toEndpoints = egress(synthesised).filter(({ description }) => description.includes('Interface endpoints'));
    expect(toEndpoints.map(({ referenced_security_group_id }) => referenced_security_group_id).join()).to.match(
      /^\$\{aws_security_group\.endpoints-security-group\.id\}$/,
    );
  });

  for (const isolatedWorkers of [true, false]) {
    it(`${isolatedWorkers ? 'keep isolated workers from sending' : 'let workers that are not isolated send'} to any address`, () => {
      const synthesised = platform({ network: { ...SETTINGS.network, isolatedWorkers } });
      const out = egress(synthesised).filter(({ cidr_ipv4 }) => cidr_ipv4);
      const groups = out.map(({ security_group_id }) => /aws_security_group\.([a-z-]+)/.exec(security_group_id)?.[1]);
      expect(groups).to.have.members([
        ...['sync-upload', 'async-upload', 'download', 'async-upload-fleet'],
        ...(isolatedWorkers ? [] : ['worker-fleet']),
      ]);
    });
  }
});
