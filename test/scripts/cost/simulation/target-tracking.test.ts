import { expect } from 'chai';
import { AWS_TIMING } from '../../../../scripts/cost/simulation/aws-timing.ts';
import { createTargetTracking, track } from '../../../../scripts/cost/simulation/target-tracking.ts';
import { backlogRule } from '../../../../stacks/compute/backlog-rule.ts';

const TARGET = 30;
const rule = backlogRule({ acceptableLatencySeconds: TARGET, secondsPerMessage: 0.2 });
const times = <T>(count: number, value: T): T[] => new Array(count).fill(value);

function policy(minTasks = 2, maxTasks = 40) {
  const tracking = createTargetTracking({ rule, minTasks, maxTasks, firstTask: undefined }, AWS_TIMING);
  return (second: number, desired: number, values: readonly (number | undefined)[]) =>
    track(tracking, desired, { second, values });
}

describe('target tracking', () => {
  it('adds tasks in proportion after three minutes above the target, and not after two', () => {
    expect(policy()(0, 10, [0, 60, 60])).to.equal(10);
    expect(policy()(0, 10, [60, 60])).to.equal(10);
    expect(policy()(0, 10, [0, 60, 60, 60])).to.equal(20);
    expect(policy()(0, 10, [60, 60, 31])).to.equal(11);
  });

  it('removes a task in twenty after fifteen minutes below nine tenths of the target, and not after fourteen', () => {
    expect(policy()(0, 40, [...times(14, 0)])).to.equal(40);
    expect(policy()(0, 40, [27, ...times(14, 0)])).to.equal(40);
    expect(policy()(0, 40, times(15, 26.9))).to.equal(38);
    expect(policy()(0, 10, times(15, 0))).to.equal(9);
  });

  it('does nothing while a value is missing', () => {
    expect(policy()(0, 10, [60, undefined, 60])).to.equal(10);
    expect(policy()(0, 10, [...times(14, 0), undefined])).to.equal(10);
  });

  it('adds more within its cooldown only for a larger step, from the tasks before the last', () => {
    const within = policy();
    expect(within(0, 10, times(3, 60))).to.equal(20);
    expect(within(59, 20, times(3, 60))).to.equal(20);
    expect(within(59, 20, times(3, 90))).to.equal(30);
    expect(within(119, 30, times(3, 60))).to.equal(40);
  });

  it('removes nothing within the cooldown of a removal, which tasks that are added end', () => {
    const within = policy();
    expect(within(0, 20, times(15, 0))).to.equal(19);
    expect(within(299, 19, times(15, 0))).to.equal(19);
    expect(within(300, 19, times(15, 0))).to.equal(18);
    expect(within(360, 18, times(3, 60))).to.equal(36);
    expect(within(420, 36, times(15, 0))).to.equal(35);
  });

  it('stays within the least and the most tasks', () => {
    expect(policy(2, 12)(0, 10, times(3, 60))).to.equal(12);
    expect(policy(10, 12)(0, 10, times(15, 0))).to.equal(10);
    expect(policy(0, 12)(0, 0, times(3, 60))).to.equal(2);
  });
});
