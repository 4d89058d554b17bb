import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import { terminalComparison } from '../../../../scripts/cost/report/comparison-text.ts';
import type { CostReport } from '../../../../scripts/cost/report/cost-report.ts';
import { causeText, differencesOf } from '../../../../scripts/cost/report/differences.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { type Changes, synthesised } from '../../../support/cost/synthesised.ts';

const report = (changes: Changes = {}): CostReport =>
  costReport({
    environment: synthesised('prod', changes),
    ...{ workload: PLAIN, book: fixedPrices(), month: 13, generated: '2026-11-30' },
  });

describe('differences of two cost reports', () => {
  const before = { ...report(), warnings: [] };

  it('are none between a report and itself', () => {
    expect(differencesOf(before, before)).to.deep.equal([]);
    expect(terminalComparison(before, before, 120)).to.match(/:\s\$0\.00\.\n$/);
  });

  it('are those of the setting that was changed, with its cause', () => {
    const after = report({ network: { egress: 'nat-single', natZone: 'use1-az2' } });
    const [largest] = differencesOf(before, after);
    expect(largest).to.include({ area: 'network', item: 'NAT gateway: hours' });
    expect(largest && causeText(largest)).to.match(/^3 times all month: 730 hour × \$0\.045 → all month: 730 hour/);
  });

  it('tell of a limit that changes only the maximum', () => {
    const text = terminalComparison(report(), report({ workers: { maxTasks: 60, maxInstances: 60 } }), 120);
    expect(text).to.match(/:\s\$0\.00\.\nThe maximum: \$[\d,]+ and \$[\d,]+, \+\$[\d,.]+\.\n$/);
  });

  it('fit a terminal of 80 columns', () => {
    const after = report({ network: { egress: 'nat-single', natZone: 'use1-az2' } });
    const lines = terminalComparison(before, after, 80).split('\n');
    for (const line of lines) expect(line.length, line).to.be.at.most(80);
    expect(lines.some((line) => /^TOTAL +\$[\d,]+ +\$[\d,]+ +-\$\d/.test(line))).to.equal(true);
  });

  it('say once where both amounts come from', () => {
    const arithmetic = { before: 'in month 13: 6 GB × $2', after: 'in month 13: 7 GB × $2' };
    expect(causeText({ area: 'storage', item: 'S3', before: 12, after: 14, arithmetic })).to.equal(
      'in month 13: 6 GB × $2 → 7 GB × $2',
    );
  });

  it('leave out a warning that both sides have with other figures', () => {
    const warned = (usd: number) => ({
      ...before,
      warnings: [{ code: 'over-budget', sentence: `The workload takes $${usd}.`, usd: 0 }],
    });
    expect(terminalComparison(warned(10), warned(12.5), 120)).to.not.include('Warning');
    expect(terminalComparison(before, warned(12), 120)).to.include('Warning. In the second');
  });

  it('have the difference of the totals as their sum', () => {
    const after = report({ storage: { renditionsExpireDays: 30, originalsTier: 'none' } });
    const sum = differencesOf(before, after).reduce((total, each) => total + each.after - each.before, 0);
    expect(sum).to.be.closeTo(after.total.typical - before.total.typical, 1e-6);
  });
});
