import { expect } from 'chai';
import { zones } from '../../../scripts/doctor/zones.ts';
import { madeUpEnvironment, saidOf } from '../../support/stacks/made-up-environment.ts';

describe('npm run doctor, about zones,', () => {
  const zone = (id: string, State = 'available') => ({
    ZoneId: id,
    ZoneName: id,
    State,
    OptInStatus: 'opt-in-not-required',
  });
  const group = {
    name: 'image-service-dev-worker',
    mixed_instances_policy: {
      launch_template: { override: [{ instance_type: 'c5.large' }, { instance_type: 'c6i.large' }] },
    },
  };
  const environmentWith = (
    ids: string[],
    offered: [type: string, zone: string][] = [
      ['c5.large', 'use1-az1'],
      ['c6i.large', 'use1-az1'],
    ],
  ) =>
    madeUpEnvironment({
      platform: {
        aws_subnet: Object.fromEntries(ids.map((id) => [id, { availability_zone_id: id }])),
        aws_autoscaling_group: { one: group },
      },
      answers: {
        'ec2 describe-availability-zones': {
          AvailabilityZones: [zone('use1-az1'), zone('use1-az2', 'impaired'), zone('use1-az3')],
        },
        'ec2 describe-instance-type-offerings': {
          InstanceTypeOfferings: offered.map(([InstanceType, Location]) => ({ InstanceType, Location })),
        },
      },
    });
  it('accepts a zone that has everything', async () =>
    expect(await saidOf(zones, environmentWith(['use1-az1']))).to.deep.equal([
      'well: use1-az1 have everything that is needed.',
    ]));
  it('reports a zone that is not available', async () =>
    expect(await saidOf(zones, environmentWith(['use1-az2']))).to.include('missing: Zone use1-az2 is impaired.'));
  it('reports a zone that the account does not have', async () =>
    expect(await saidOf(zones, environmentWith(['use1-az9']))).to.include(
      'missing: The account has no zone use1-az9 in this region.',
    ));
  it('reports a zone that has none of the instance types of a fleet', async () =>
    expect(await saidOf(zones, environmentWith(['use1-az1'], []))).to.deep.equal([
      'missing: Zone use1-az1 has none of the instance types of image-service-dev-worker.',
    ]));
  it('notes a zone that lacks some of the instance types', async () =>
    expect(await saidOf(zones, environmentWith(['use1-az1'], [['c5.large', 'use1-az1']]))).to.deep.equal([
      'note: Zone use1-az1 does not have c6i.large of image-service-dev-worker.',
    ]));
});
