import { expect } from 'chai';
import { CommandError } from '../../../scripts/command-line.ts';
import { sumOf, sumsByArea } from '../../../scripts/cost/report/cost-report.ts';
import { small } from '../../../scripts/cost/workloads/small.ts';
import { linesAtRest, monthlyUsd, orWhyNot, withSettings } from '../../../stacks/docs/monthly-cost.ts';
import { dev } from '../../../stacks/environments/dev.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';

const elsewhere: EnvironmentSettings = { ...dev, region: 'eu-north-9' };
const withTwoGateways: EnvironmentSettings = {
  ...dev,
  region: 'us-east-1',
  network: { ...dev.network, zones: ['use1-az2', 'use1-az4'], egress: 'nat-per-zone' },
};
const withOneGateway: EnvironmentSettings = {
  ...withTwoGateways,
  network: { ...withTwoGateways.network, egress: 'nat-single', natZone: 'use1-az2' },
};

const minimumOf = (settings: EnvironmentSettings): number =>
  sumOf(linesAtRest(withSettings({}, settings), settings).map(({ usd }) => usd)).minimum;

describe('monthly cost of settings', function () {
  this.timeout(120_000);

  it('is more by the hours of a NAT gateway and of its address with one more', () => {
    // 730 hours of $0.045 and of $0.005.
    expect(minimumOf(withTwoGateways) - minimumOf(withOneGateway)).to.be.closeTo(36.5, 0.01);
  });

  it('at rest has nothing stored and nothing requested, and is below that of a workload', () => {
    const stacks = withSettings({}, withOneGateway);
    const areas = sumsByArea(linesAtRest(stacks, withOneGateway));
    for (const area of ['storage', 'requests', 'table', 'cdn'] as const) expect(areas[area].typical).to.equal(0);
    expect(minimumOf(withOneGateway)).to.be.below(monthlyUsd(stacks, withOneGateway, small).minimum);
  });

  it('says what is missing where the price book lacks something', () => {
    const section = orWhyNot(() => String(minimumOf(elsewhere)));
    expect(section).to.match(/^Not worked out: .*eu-north-9/);
  });

  it('hides no other error', () => {
    expect(() =>
      orWhyNot(() => {
        throw new TypeError('a mistake');
      }),
    ).to.throw(TypeError, 'a mistake');
    expect(() => minimumOf(elsewhere)).to.throw(CommandError);
  });
});
