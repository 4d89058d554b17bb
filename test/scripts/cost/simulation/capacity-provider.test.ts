import { expect } from 'chai';
import { createCapacityProvider, sizeGroup } from '../../../../scripts/cost/simulation/capacity-provider.ts';
import {
  createInstanceGroup,
  type InstanceGroup,
  interrupt,
  lastingOf,
  onDemandOf,
} from '../../../../scripts/cost/simulation/instance-group.ts';
import { simulatedWorkers } from '../../../support/cost/simulated-workers.ts';

const MINUTE = 60;

function emptyGroup(droughtUntil = 0, maximumScalingStepSize = 40): InstanceGroup {
  const workers = simulatedWorkers({ messagesPerSecond: 1, hours: 1 });
  const { fleet } = workers;
  const settings = { ...workers, fleet: { ...fleet, managed: { ...fleet.managed, maximumScalingStepSize } } };
  const droughts = [{ fromSecond: 0, toSecond: droughtUntil, pool: 'all' as const }];
  return createInstanceGroup({ ...settings, spot: { ...settings.spot, droughts } }, () => 0.5);
}

const onDemandIn = (group: InstanceGroup): number => lastingOf(group).filter(({ pool }) => !pool).length;

describe('the capacity provider', () => {
  it('starts two instances from none, then a step at most each minute, and none while instances warm up', () => {
    const group = emptyGroup(0, 10);
    const provider = createCapacityProvider(group);
    const sizes = [0, 30, 60, 120, 180].map((second) => {
      sizeGroup(provider, 100, second);
      return group.desired;
    });
    expect(sizes).to.deep.equal([2, 2, 12, 22, 32]);
    sizeGroup(provider, 100, 240);
    expect(group.desired).to.equal(40);
  });

  it('removes half of the instances at most, after fifteen minutes in which some were empty', () => {
    const group = emptyGroup();
    const provider = createCapacityProvider(group);
    for (const minute of [0, 1, 2]) sizeGroup(provider, 22, minute * MINUTE);
    expect(group.desired).to.equal(22);
    for (const instance of group.instances.slice(0, 4)) instance.tasks = 1;
    const sizes = Array.from({ length: 17 }, (_, minute) => {
      sizeGroup(provider, 0, (3 + minute) * MINUTE);
      return lastingOf(group).length;
    });
    expect(sizes.slice(13)).to.deep.equal([22, 11, 6, 4]);
    expect(lastingOf(group).every(({ tasks }) => tasks === 1)).to.equal(true);
  });

  it('buys on demand what the settings say, also when no pool has capacity', () => {
    const group = emptyGroup(1000);
    sizeGroup(createCapacityProvider(group), 5, 0);
    expect(group.desired).to.equal(2);
    expect([lastingOf(group).length, onDemandIn(group)]).to.deep.equal([1, 1]);
    expect(onDemandOf(10, { onDemandBase: 3, onDemandPercent: 50 })).to.equal(7);
    expect(onDemandOf(2, { onDemandBase: 3, onDemandPercent: 50 })).to.equal(2);
  });

  it('uses the zones evenly', () => {
    const group = emptyGroup();
    const provider = createCapacityProvider(group);
    for (const minute of [0, 1]) sizeGroup(provider, 10, minute * MINUTE);
    const used = Map.groupBy(
      lastingOf(group).filter(({ pool }) => pool),
      ({ pool }) => pool?.name,
    );
    expect([...used.values()].map(({ length }) => length)).to.deep.equal([3, 3, 3]);
  });

  it('gives a notice two minutes before the end, and replaces the instance at the notice', () => {
    const group = emptyGroup();
    const provider = createCapacityProvider(group);
    sizeGroup(provider, 2, 0);
    const spot = lastingOf(group).find(({ pool }) => pool);
    if (!spot) throw new Error('there is no spot instance');
    Object.assign(spot, { interrupted: 100, hasNotice: true });
    group.nextInterruption = 100;
    expect(interrupt(group, 99).noticed).to.deep.equal([]);
    expect(interrupt(group, 100).noticed).to.deep.equal([spot]);
    expect(lastingOf(group)).to.not.include(spot);
    expect(interrupt(group, 219).ended).to.deep.equal([]);
    expect(interrupt(group, 220).ended).to.deep.equal([spot]);
  });
});
