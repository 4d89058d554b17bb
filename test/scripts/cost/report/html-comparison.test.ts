import { expect } from 'chai';
import { type CostLine, type CostReport, sumOf, sumsByArea } from '../../../../scripts/cost/report/cost-report.ts';
import { htmlComparison } from '../../../../scripts/cost/report/html-comparison.ts';
import { sampleReport } from '../../../support/cost/sample-report.ts';

const withLines = (lines: readonly CostLine[], changed: Partial<CostReport> = {}): CostReport => ({
  ...{ ...sampleReport, ...changed, lines },
  ...{ total: sumOf(lines.map(({ usd }) => usd)), byArea: sumsByArea(lines) },
});

/** A line of compute, with its dollars of a typical month. */
const line = (item: string, typical: number, arithmetic: string): CostLine => ({
  ...{ area: 'compute', item, arithmetic, usd: { minimum: 0, typical, maximum: typical } },
  ...{ quantity: { amount: 1, unit: 'hour' }, prices: [] },
});

/** The rows of the table, as texts of their cells. */
const rowsOf = (page: string): string[][] =>
  [...(/<tbody>(.*)<\/tbody>/s.exec(page)?.[1] ?? '').matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => cell),
  );

describe('the HTML page of two cost reports', () => {
  it('has the items that differ, those that differ most first, with the cause of each', async () => {
    const before = withLines([line('same', 5, 'five'), line('cheaper', 9, 'nine'), line('gone', 4, 'four')]);
    const after = withLines([line('same', 5, 'five'), line('cheaper', 8, 'eight'), line('new', 20, 'twenty')]);
    expect(rowsOf(await htmlComparison({ before, after, stacks: [] }))).to.deep.equal([
      ['Compute: new', '$0.00', '$20.00', '+$20.00', 'Only in the second: twenty'],
      ['Compute: gone', '$4.00', '$0.00', '-$4.00', 'Only in the first: four'],
      ['Compute: cheaper', '$9.00', '$8.00', '-$1.00', 'nine<br>→ eight'],
    ]);
  });

  it('adds up the lines of an item, such as one NAT gateway in each zone', async () => {
    const before = withLines([line('NAT', 32, 'first'), line('NAT', 32, 'second')]);
    const after = withLines([line('NAT', 32, 'only')]);
    expect(rowsOf(await htmlComparison({ before, after, stacks: [] }))).to.deep.equal([
      ['Compute: NAT', '$64.00', '$32.00', '-$32.00', 'first; second<br>→ only'],
    ]);
  });

  it('names both reports and the difference of their totals', async () => {
    const before = withLines([line('a', 10, 'ten')]);
    const after = withLines([line('a', 12.5, 'more')], { environment: 'dev', workload: 'small' });
    expect(await htmlComparison({ before, after, stacks: [] }))
      .to.include('$10.00 in the first (prod, medium, us-east-1)')
      .and.include('$12.50 in the second (dev, small, us-east-1): +$2.50.</strong>');
  });

  it('has no table if nothing differs', async () => {
    const page = await htmlComparison({ before: sampleReport, after: sampleReport, stacks: [] });
    expect(page).to.include(': $0.00.</strong>').and.not.include('<table>');
  });

  it('escapes every text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const before = withLines([line(hostile, 1, hostile)], { environment: hostile, workload: hostile });
    expect(await htmlComparison({ before, after: withLines([], { region: hostile }), stacks: [] })).to.not.include(
      '<img',
    );
  });
});
