import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import {
  jsonComparison,
  markdownComparison,
  terminalComparison,
} from '../../../../scripts/cost/report/comparison-text.ts';
import { type CostLine, type CostReport, sumOf, sumsByArea } from '../../../../scripts/cost/report/cost-report.ts';
import { causeText, differencesOf } from '../../../../scripts/cost/report/differences.ts';
import { htmlComparison } from '../../../../scripts/cost/report/html-comparison.ts';
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
    expect(terminalComparison({ before, after: before, stacks: [] }, 120)).to.match(/:\s\$0\.00\.\n$/);
  });

  it('are those of the setting that was changed, with its cause', () => {
    const after = report({ network: { egress: 'nat-single', natZone: 'use1-az2' } });
    const [largest] = differencesOf(before, after);
    expect(largest).to.include({ area: 'network', item: 'NAT gateway: hours' });
    expect(largest && causeText(largest)).to.match(/^3 times all month: 730 hour × \$0\.045 → all month: 730 hour/);
  });

  it('tell of a limit that changes only the maximum', () => {
    const text = terminalComparison(
      { before: report(), after: report({ workers: { maxTasks: 60, maxInstances: 60 } }), stacks: [] },
      120,
    );
    expect(text).to.match(/:\s\$0\.00\.\nThe maximum: \$[\d,]+ and \$[\d,]+, \+\$[\d,.]+\.\n$/);
  });

  it('fit a terminal of 80 columns', () => {
    const after = report({ network: { egress: 'nat-single', natZone: 'use1-az2' } });
    const lines = terminalComparison({ before, after, stacks: [] }, 80).split('\n');
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
    expect(terminalComparison({ before: warned(10), after: warned(12.5), stacks: [] }, 120)).to.not.include('Warning');
    expect(terminalComparison({ before, after: warned(12), stacks: [] }, 120)).to.include('Warning. In the second');
  });

  it('begin with what differs in the stacks, in every format', async () => {
    const after = report({ storage: { renditionsExpireDays: 30 } });
    const stacks = [{ type: 'aws_a', argument: 'days', resources: ['images'], before: '90', after: '30' }];
    const compared = { before, after, stacks };
    const [text, markdown, page] = [
      terminalComparison(compared, 120),
      markdownComparison(compared),
      await htmlComparison(compared),
    ];
    for (const each of [text, page])
      expect(each).to.match(/What differs in the stacks.*days 90 → 30 \(aws_a: images\).*S3: STANDARD/s);
    expect(markdown).to.match(/What differs in the stacks:\n\n- days 90 → 30 \(aws\\_a: images\)\n\n\| USD/);
    expect(JSON.parse(jsonComparison(compared)).stacks).to.deep.equal(stacks);
  });

  it('have one row for all that are small, and a row each in JSON', async () => {
    const item = (name: string, typical: number): CostLine => ({
      ...{ area: 'storage', item: name, arithmetic: name, prices: [], quantity: { amount: 1, unit: 'GB' } },
      usd: { minimum: 0, typical, maximum: typical },
    });
    const some = (large: number, small: number): CostReport => {
      const lines = [item('large', large), item('one', small), item('two', small), item('same', 900)];
      return { ...before, lines, total: sumOf(lines.map(({ usd }) => usd)), byArea: sumsByArea(lines) };
    };
    // 0.1 % of 1,000 dollars.
    const compared = { before: some(100, 3), after: some(50, 2.1), stacks: [] };
    expect(terminalComparison(compared, 120)).to.match(
      /\nstorage: large .*\n2 smaller differences +\$6\.00 +\$4\.20 +-\$1\.80\nTOTAL /,
    );
    expect(markdownComparison(compared)).to.match(/^\| 2 smaller differences \| \$6\.00 \| \$4\.20 \| -\$1\.80 \|/m);
    expect(await htmlComparison(compared)).to.match(/2 smaller differences<.*-\$1\.80/);
    expect(JSON.parse(jsonComparison(compared)).differences).to.have.length(3);
    // Where nothing differs by more, they have rows.
    const small = { before: some(100, 3), after: some(100, 2.9), stacks: [] };
    expect(terminalComparison(small, 120)).to.match(/\nstorage: one .*\nstorage: two .*\nTOTAL /);
  });

  it('have the difference of the totals as their sum', () => {
    const after = report({ storage: { renditionsExpireDays: 30, originalsTier: 'none' } });
    const sum = differencesOf(before, after).reduce((total, each) => total + each.after - each.before, 0);
    expect(sum).to.be.closeTo(after.total.typical - before.total.typical, 1e-6);
  });
});
