import { expect } from 'chai';
import { contextOf, costReport, linesOf } from '../../../../../scripts/cost/model/cost-model.ts';
import { LEVERS } from '../../../../../scripts/cost/model/levers/all-levers.ts';
import type { Workload } from '../../../../../scripts/cost/workloads/workload.ts';
import { ALL_SETTINGS_CHECKS } from '../../../../../stacks/checks/all-checks.ts';
import { findingsOf } from '../../../../../stacks/checks/check.ts';
import { fixedPrices } from '../../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { type Changes, changedSettings, type SETTINGS, synthesised } from '../../../../support/cost/synthesised.ts';

type Name = keyof typeof SETTINGS;

/** Everything that costs something happens: images are read for a year, made again and deleted. */
const BUSY: Workload = {
  ...PLAIN,
  imagesPerDay: PLAIN.imagesPerDay * 10,
  readsPerImage: { original: 0.5, rendition: 40 },
  ageCurve: Array(12).fill(1 / 12),
  deletionsPerMonth: 0.01,
};

const inputOf = (name: Name, changes: Changes = {}, workload = BUSY) => ({
  ...{ environment: synthesised(name, changes), workload, book: fixedPrices(), month: 13 },
});

const usdOf = (input: ReturnType<typeof inputOf>): number =>
  linesOf(contextOf(input)).lines.reduce((sum, { usd }) => sum + usd.typical, 0);

interface Step {
  /** The environment, with the settings before. */
  of: Name;
  before?: Changes;
  after: Changes;
  /** Dollars that the stacks differ by otherwise. */
  within?: number;
}

const GUARDED = { enabled: true, requestsPerFiveMinutes: 2000 };

/** The settings that each lever names, by the beginning of its text. */
const STEPS: Record<string, Step> = {
  'Run all workers on spot': { of: 'prod', after: { workers: { onDemandBase: 0, onDemandPercent: 0 } } },
  'Run the workers on Graviton': {
    of: 'prod',
    after: { workers: { instanceTypes: ['c6g.xlarge', 'c7g.xlarge', 'c8g.xlarge'], architecture: 'arm64' } },
  },
  'Remove renditions after 30 days': { of: 'prod', after: { storage: { renditionsExpireDays: 30 } } },
  'Keep renditions for a year': { of: 'prod', after: { storage: { renditionsExpireDays: 365 } } },
  'Move originals to Infrequent Access': {
    of: 'prod',
    after: { storage: { originalsTier: 'infrequent-access', originalsTierDays: 30, originalsGlacierDays: 0 } },
  },
  'Move originals to Glacier Instant Retrieval': {
    of: 'prod',
    after: { storage: { originalsTier: 'none', originalsGlacierDays: 90 } },
  },
  'Leave originals in S3 Standard': {
    of: 'prod',
    after: { storage: { originalsTier: 'none', originalsGlacierDays: 0 } },
  },
  'Keep one NAT gateway': { of: 'dev', before: { network: { egress: 'nat-per-zone' } }, after: {} },
  'Serve images without the CDN': {
    // A rule of the load balancer's web ACL and two alarms go with the CDN, and the lever leaves them: $1 + 3 × $0.10.
    ...{ of: 'prod', after: { cdn: { enabled: false } }, within: 1.31 },
  },
  'Switch Origin Shield off': { of: 'prod', after: { cdn: { originShield: false } } },
  'Remove the web ACL of the CDN': { of: 'prod', after: { cdn: { waf: false } } },
  'Remove the web ACL of the load balancer': {
    of: 'dev',
    before: { loadBalancer: { waf: GUARDED } },
    after: { loadBalancer: { waf: { ...GUARDED, enabled: false } } },
  },
  'Write no access logs': { of: 'prod', after: { storage: { accessLogs: false }, cdn: { accessLogs: false } } },
  'Keep logs and access logs for 30 days': { of: 'prod', after: { observability: { logDays: 30 } } },
};

const refusals = (name: Name, changes: Changes): string[] =>
  ALL_SETTINGS_CHECKS.flatMap(({ id, find }) =>
    findingsOf(find(changedSettings(name, changes))).map((found) => `${id}: ${found}`),
  );

describe('levers of the cost report', () => {
  for (const { change, apply } of LEVERS)
    it(`are a change of settings that synth admits, and save what it saves: ${change}`, () => {
      const [, step] = Object.entries(STEPS).find(([beginning]) => change.startsWith(beginning)) ?? [];
      if (!step) throw new Error(`No step of settings is known for: ${change}`);
      const input = inputOf(step.of, step.before);
      const changed = apply(input);
      if (!changed) throw new Error('The lever finds nothing to change.');
      expect(usdOf(changed)).to.be.closeTo(usdOf(inputOf(step.of, step.after)), step.within ?? 1e-6);
      expect(usdOf(changed)).to.not.be.closeTo(usdOf(input), step.within ?? 1e-6);
      expect(refusals(step.of, step.after)).to.deep.equal(refusals(step.of, {}));
    });

  it('are the changes that save most, in the order of what they save', () => {
    const { levers } = costReport({ ...inputOf('prod'), generated: '2026-11-30' });
    expect(levers).to.have.length(5);
    expect(levers.map(({ saves }) => saves)).to.deep.equal(levers.map(({ saves }) => saves).toSorted((a, b) => b - a));
    expect(levers.every(({ saves, risk }) => saves > 0 && risk.length > 20)).to.equal(true);
  });

  it('are none that synth refuses where the storage must not be lost', () => {
    const found = LEVERS.filter(({ change }) => /nat-single|loadBalancer\.waf/.test(change));
    expect(found).to.have.length(2);
    for (const { apply } of found) expect(apply(inputOf('prod'))).to.equal(undefined);
  });

  it('keep renditions for longer where making them again costs more than storing them', () => {
    const read = { ...BUSY, readsPerImage: { original: 0, rendition: 30 }, deletionsPerMonth: 0 };
    const { levers } = costReport({ ...inputOf('prod', {}, read), generated: '2026-11-30' });
    expect(levers.map(({ change }) => change).join('\n')).to.include('Keep renditions for a year');
  });
});
