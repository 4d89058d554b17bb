import { expect } from 'chai';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { all } from '../../support/stacks/entrance.ts';
import { EC2, ecsService, NAMES, named, platform, SETTINGS } from '../../support/stacks/platform.ts';

const { instanceTypes, architecture, maxInstances } = EC2;
const FORMER = { instanceTypes, architecture, maxInstances };

/** Settings in which a service has just moved from `ec2` to `fargate`. */
const services: EnvironmentSettings['services'] = {
  ...SETTINGS.services,
  'async-upload': {
    ...SETTINGS.services['async-upload'],
    capacity: { kind: 'fargate', cpu: 1024, memory: 2048, architecture, formerFleet: FORMER },
  },
};
const before = platform();
const leaving = platform({ services });
const ASYNC = NAMES.service('async-upload');

const guarded = (synthesised: typeof before): string[] =>
  synthesised.data.aws_instances?.['instances-of-former-fleets']?.filter[0].values;

describe('a fleet that a service has left', () => {
  it('stays in the cluster while its service is on Fargate', () => {
    const listIn = (synthesised: typeof before) =>
      all(synthesised, 'ecs_cluster_capacity_providers')[0]?.capacity_providers;
    expect(listIn(leaving)).to.deep.equal(listIn(before)).and.have.length(3);
    expect(ecsService(leaving, 'async-upload').capacity_provider_strategy[0].capacity_provider).to.equal('FARGATE');
  });

  it('is unchanged, except that it may become empty', () => {
    const was = named(before, 'autoscaling_group', ASYNC);
    expect(named(leaving, 'autoscaling_group', ASYNC)).to.deep.equal({ ...was, min_size: 0 });
    for (const type of ['launch_template', 'ecs_capacity_provider'])
      expect(named(leaving, type, ASYNC)).to.deep.equal(named(before, type, ASYNC));
  });

  it('makes a plan fail that removes it while its instances run, and no other plan', () => {
    const { 'async-upload': _, ...others } = SETTINGS.services;
    const onFargate = Object.keys(others).map((service) => NAMES.service(service as keyof typeof others));
    expect(guarded(before)).to.have.members(onFargate);
    expect(guarded(leaving)).to.have.members(onFargate);
    const left = {
      ...services,
      'async-upload': { ...services['async-upload'], capacity: services['sync-upload'].capacity },
    };
    expect(guarded(platform({ services: left }))).to.have.members([...onFargate, ASYNC]);
  });
});
