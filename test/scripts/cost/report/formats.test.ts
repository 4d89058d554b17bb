import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import { markdownComparison } from '../../../../scripts/cost/report/comparison-text.ts';
import { csvReport } from '../../../../scripts/cost/report/csv.ts';
import { markdownReport } from '../../../../scripts/cost/report/markdown.ts';
import { terminalReport } from '../../../../scripts/cost/report/terminal-table.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { synthesised } from '../../../support/cost/synthesised.ts';

const input = { environment: synthesised('prod'), workload: PLAIN, book: fixedPrices(), month: 13 };
const report = costReport({ ...input, generated: '2026-11-30', overrides: 'ours.json' });

/** The rows of a CSV file without quoted cells of several lines, by the names of their columns. */
function parse(csv: string): Record<string, string>[] {
  const [head = [], ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell = '']) => cell));
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

describe('formats of the cost report', () => {
  it('print a table with every area, its sum, and three gateways as one line', () => {
    const text = terminalReport(report, 120);
    const [heading = ''] = text.split('\n\n');
    expect(heading.replaceAll('\n', ' ')).to.match(
      /^prod with the workload plain, in us-east-1: .* changed by ours\.json$/,
    );
    for (const area of ['COMPUTE', 'STORAGE', 'TABLE', 'CDN', 'TOTAL'])
      expect(text).to.match(new RegExp(`^${area} `, 'm'));
    expect(text).to.match(/NAT gateway: hours +2,190 hour +\$98\.55 +\$98\.55 +\$98\.55/);
    expect(text.match(/NAT gateway: hours/g)).to.have.length(1);
  });

  it('print rows that add up to their area, those of the smaller lines together, and areas that add up to the sum', () => {
    const cents = (text = '') => Math.round(Number(text.replaceAll(/[$,]/g, '')) * 100);
    const rows = terminalReport(report, 120)
      .split('\n')
      .flatMap((line) => {
        const [, name = '', typical] = /^(\S.*?| {2}\S.*?) {2}.*\$[\d.,]+ +(\$[\d.,]+) +\$[\d.,]+$/.exec(line) ?? [];
        return typical === undefined ? [] : [{ name, cents: cents(typical) }];
      });
    const total = rows.findIndex(({ name }) => name === 'TOTAL');
    const table = rows.slice(0, total);
    const sum = (some: typeof rows) => some.reduce((all, row) => all + row.cents, 0);
    const [areas, lines] = [/^[A-Z]/, /^ /].map((kind) => sum(table.filter(({ name }) => kind.test(name))));
    // Amounts are rounded to cents, or to dollars from a thousand on.
    for (const added of [areas, lines]) expect(added).to.be.closeTo(rows[total]?.cents ?? 0, 400);
    expect(table.filter(({ name }) => / smaller$/.test(name))).to.have.length.above(3);
  });

  it('tell changes of settings apart from changes of the product', () => {
    const [change] = report.productChanges;
    for (const text of [terminalReport(report, 1000), markdownReport(report)]) {
      const [settings = '', product = ''] = text.split(/changes of the product/i);
      expect(product).to.include(change?.change);
      expect(settings).to.include(report.levers[0]?.change).and.to.not.include(change?.change);
    }
  });

  for (const width of [80, 120])
    it(`fit a terminal of ${width} columns, and say what each column of dollars is`, () => {
      const text = terminalReport(report, width);
      for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(width);
      for (const column of ['minimum', 'typical', 'maximum'])
        expect(text).to.match(new RegExp(`^${column}: [a-z]`, 'm'));
    });

  it('write CSV with a row for each line, unrounded', () => {
    const [head = '', ...rows] = csvReport(report).trimEnd().split('\n');
    expect(head).to.include('area,item,resource,amount,unit,minimum USD,typical USD,maximum USD');
    expect(rows).to.have.length(report.lines.length + 1);
    const { usd } = report.lines[0] ?? { usd: { typical: Number.NaN } };
    expect(rows[0]).to.include(String(usd.typical));
  });

  it('write CSV with the sums in columns of their own, so that no sum of a column counts anything twice', () => {
    const rows = parse(csvReport(report));
    for (const name of ['minimum', 'typical', 'maximum'] as const)
      for (const column of [`${name} USD`, `sum of ${name} USD`])
        expect(rows.reduce((sum, row) => sum + Number(row[column]), 0)).to.be.closeTo(report.total[name], 1e-6);
    expect(rows.at(-1)).to.include({ area: 'sum', item: `sum of the ${report.lines.length} lines above` });
  });

  it('write CSV in which no cell is a formula', () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)'];
    for (const text of hostile)
      expect(csvReport({ ...report, workload: text }).split('\n')[1]).to.include(`,'${text},`);
  });

  it('write Markdown in which names are no markup', () => {
    const text = markdownReport({ ...report, workload: '<img src=x>|[a](http://b)`' });
    expect(text).to.include('the workload \\<img src=x\\>\\|\\[a\\](http://b)\\`\n');
  });

  it('write Markdown in which names notify nobody on GitHub', () => {
    const workload = '@everyone and @org/team';
    const compared = markdownComparison({ before: { ...report, workload }, after: report, stacks: [] });
    for (const text of [
      markdownReport({ ...report, workload, priceBook: { ...report.priceBook, overrides: './@someone.json' } }),
      compared,
    ]) {
      expect(text).to.include('@&#8203;everyone and @&#8203;org/team');
      expect(text).to.not.match(/@[a-z]/i);
    }
  });

  it('write Markdown with tables that have as many cells in each row', () => {
    const tables = markdownReport(report)
      .split('\n\n')
      .filter((part) => part.startsWith('|'));
    expect(tables).to.have.length(4);
    for (const table of tables)
      expect(
        new Set(
          table
            .split('\n')
            .map((row) => row.split(' | ').length)
            .slice(2),
        ),
        table,
      ).to.have.lengthOf(1);
  });
});
