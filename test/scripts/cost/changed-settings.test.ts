import { expect } from 'chai';
import { costReport } from '../../../scripts/cost/model/cost-model.ts';
import { markdownComparison } from '../../../scripts/cost/report/comparison-text.ts';
import { htmlComparison } from '../../../scripts/cost/report/html-comparison.ts';
import { htmlPage } from '../../../scripts/cost/report/html-page.ts';
import { terminalReport } from '../../../scripts/cost/report/terminal-table.ts';
import { usedPrices } from '../../../scripts/cost/report/used-prices.ts';
import { medium } from '../../../scripts/cost/workloads/medium.ts';
import { readPriceBook } from '../../../stacks/prices/price-book.ts';
import { type Changes, SETTINGS, synthesised } from '../../support/cost/synthesised.ts';

interface Change {
  setting: string;
  changes: Changes;
  /** What happens to the sum, and to the lines that cause it. */
  sum: 'more' | 'less';
  lines: [item: string, direction: 'more' | 'less', cause: RegExp][];
  /** The beginning of lines that must not differ. */
  same: string[];
}

const { onDemandBase } = SETTINGS.prod.workers;

const CHANGES: Change[] = [
  {
    setting: `workers.onDemandBase from ${onDemandBase} to ${onDemandBase + 1}`,
    changes: { workers: { onDemandBase: onDemandBase + 1 } },
    sum: 'more',
    lines: [
      [
        'worker: instances on demand',
        'more',
        /1\.00 instances for 730 hours, [^:]*: \$([\d.]+) an hour → 2\.00 instances for 730 hours, [^:]*: \$\1 an hour/,
      ],
      ['worker: instances on spot', 'less', /1\.00 instances for 730 hours.* → 0\.00 instances/],
    ],
    same: ['download:', 'S3: STANDARD', 'CloudFront:'],
  },
  {
    setting: 'storage.renditionsExpireDays from 90 to 30',
    changes: { storage: { renditionsExpireDays: 30 } },
    sum: 'more',
    lines: [
      ['S3: STANDARD', 'less', /: ([\d,]+) GB-month × .* → [\d,]+ GB-month/],
      [
        'S3 requests: renditions',
        'more',
        /processRendition, with ([\d,]+) expired renditions made again: .* → .*processRendition, with (?!\1)[\d,]+ expired renditions made again:/,
      ],
      [
        'S3: INTELLIGENT_TIERING frequent',
        'more',
        /began empty, with [\d,]+ expired renditions made again: .* → .*made again:/,
      ],
    ],
    same: ['download:', 'CloudFront: bytes', 'NAT gateway: hours'],
  },
  {
    setting: 'storage.noncurrentDays from 30 to 60',
    changes: { storage: { noncurrentDays: 60 } },
    sum: 'more',
    lines: [['S3: INTELLIGENT_TIERING infrequent', 'more', /GB-month × .* → .*GB-month/]],
    same: ['worker:', 'S3 requests: renditions', 'CloudFront:'],
  },
];

const dollars = (text = ''): number => Number(text.replaceAll(/[$,+]/g, ''));

/** Whether an amount is more or less than another. */
function directionOf(before: number, after: number): string {
  if (after === before) return 'the same';
  return after > before ? 'more' : 'less';
}

/** The typical amount of a line of the table; 0 without one. */
function typicalIn(table: string, item: string): number {
  const line = table.split('\n').find((each) => each.trimStart().startsWith(`${item}  `)) ?? '';
  return dollars(/(\$[\d,.]+) +(\$[\d,.]+) +(\$[\d,.]+)$/.exec(line)?.[2] ?? '0');
}

const totalOf = (page: string): number => dollars(/A typical month costs <strong>(\$[\d,.]+)</.exec(page)?.[1]);

const textsOf = (page: string): string[] => page.replaceAll('<br>', ' ').split(/<[^>]*>/);

const book = readPriceBook('us-east-1');

function printed(changes: Changes = {}) {
  const input = { environment: synthesised('prod', changes), workload: medium, book, month: 13 };
  const report = costReport({ ...input, generated: '2026-11-30' });
  const page = () => htmlPage({ report, workload: medium, prices: usedPrices(report, book) });
  return { report, table: terminalReport(report, 120), page };
}

describe('a setting that is changed', () => {
  const first = printed();

  for (const { setting, changes, sum, lines, same } of CHANGES)
    describe(setting, () => {
      let second: typeof first;
      before(() => {
        second = printed(changes);
      });

      it('changes the table, its sum and the lines that cause it', () => {
        expect(directionOf(typicalIn(first.table, 'TOTAL'), typicalIn(second.table, 'TOTAL'))).to.equal(sum);
        for (const [item, direction] of lines)
          expect(directionOf(typicalIn(first.table, item), typicalIn(second.table, item)), item).to.equal(direction);
      });

      it('changes the page as the table', async () => {
        for (const { table, page } of [first, second])
          expect(totalOf(await page())).to.equal(typicalIn(table, 'TOTAL'));
        expect(directionOf(totalOf(await first.page()), totalOf(await second.page()))).to.equal(sum);
      });

      it('is the cause of each difference in the comparison, as text and as a page', async () => {
        const text = markdownComparison({ before: first.report, after: second.report, stacks: [] });
        const rows = text.split('\n').map((line) => line.split(' | '));
        const texts = textsOf(await htmlComparison({ before: first.report, after: second.report, stacks: [] }));
        expect(directionOf(0, dollars(/: ([+-]\$[\d,.]+)\. /.exec(text)?.[1]))).to.equal(sum);
        for (const [item, direction, cause] of lines) {
          const row = rows.find(([name]) => name?.endsWith(`: ${item}`)) ?? [];
          expect(directionOf(0, dollars(row[3])), item).to.equal(direction);
          expect(row[4]).to.match(cause);
          expect(
            texts.some((part) => cause.test(part)),
            item,
          ).to.equal(true);
        }
        for (const item of same)
          expect(
            rows.filter(([name = '']) => name.includes(`: ${item}`)),
            item,
          ).to.deep.equal([]);
      });
    });
});
