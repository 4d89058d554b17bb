import { expect } from 'chai';
import { SERVICES } from '../../../shared/contracts/services.ts';
import { API_SERVICES } from '../../../stacks/environments/settings.ts';
import { type Arguments, all } from '../../support/stacks/entrance.ts';
import { ecsService, NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';

const synthesised = platform();
const resourceAt = (reference: string): Arguments => {
  const [, type = '', name = ''] = /^\$?\{?(\w+)\.([\w-]+)/.exec(reference) ?? [];
  return synthesised.resource[type]?.[name] ?? {};
};

for (const service of API_SERVICES) {
  describe(`the service ${service}`, () => {
    const own = ecsService(synthesised, service);
    const settings = SETTINGS.services[service];

    it('runs on the capacity of its settings alone', () => {
      const [strategy, ...others] = own.capacity_provider_strategy;
      expect(others).to.deep.equal([]);
      const { name = strategy.capacity_provider } = resourceAt(strategy.capacity_provider);
      expect(name).to.equal(settings.capacity.kind === 'fargate' ? 'FARGATE' : NAMES.service(service));
    });

    it('spreads its tasks over the zones', () => {
      const [first] = own.ordered_placement_strategy ?? [];
      if (settings.capacity.kind === 'ec2') expect(first.field).to.equal('attribute:ecs.availability-zone');
      else expect(first).to.equal(undefined);
      expect(own.network_configuration.subnets).to.have.length(SETTINGS.network.zones.length);
    });

    it('is created after the policies of its two roles', () => {
      expect(own.depends_on.filter((address: string) => address.startsWith('aws_iam_role_policy.'))).to.have.length(2);
    });

    it('accepts requests only from the load balancer, at its port', () => {
      const [group] = own.network_configuration.security_groups;
      const ways = all(synthesised, 'vpc_security_group_ingress_rule').filter(
        ({ security_group_id }) => security_group_id === group,
      );
      expect(ways).to.have.length(1);
      expect(ways[0]).to.include({ from_port: SERVICES[service].port, to_port: SERVICES[service].port });
      expect(resourceAt(ways[0]?.referenced_security_group_id).name_prefix).to.include('load-balancer');
    });
  });
}
