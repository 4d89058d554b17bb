import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import { formatUsd } from '../../../../scripts/cost/report/amounts.ts';
import { htmlComparison } from '../../../../scripts/cost/report/html-comparison.ts';
import { htmlPage } from '../../../../scripts/cost/report/html-page.ts';
import { usedPrices } from '../../../../scripts/cost/report/used-prices.ts';
import { medium } from '../../../../scripts/cost/workloads/medium.ts';
import { readPriceBook } from '../../../../stacks/prices/price-book.ts';
import { type Changes, SETTINGS, synthesised } from '../../../support/cost/synthesised.ts';

const book = readPriceBook('us-east-1');

const reportOf = (changes: Changes = {}) =>
  costReport({ environment: synthesised('prod', changes), workload: medium, book, month: 13, generated: '2026-11-30' });

describe('the HTML page of the model', () => {
  const report = reportOf();

  it('has the total, the steps of an image and the source of every price', async () => {
    const prices = usedPrices(report, book);
    const page = await htmlPage({ report, workload: medium, prices });
    expect(page).to.include(`A typical month costs <strong>${formatUsd(report.total.typical)}</strong>`);
    expect(page).to.include('4 renditions').and.include('13 months of storage');
    expect(prices.map(({ name }) => name)).to.include.members(['s3.standard.put', 'cloudfront.transfer']);
    for (const { source, date } of prices) {
      expect(source).to.match(/^https:\/\//);
      expect(date).to.match(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('has the days of the prices that it uses, and of no others, with those of spot apart', () => {
    const prices = usedPrices(report, book);
    expect(prices.map(({ name }) => name))
      .to.include.members(['c7g.large', 'c6i.xlarge on spot', 's3.standard.storage'])
      .and.not.include.members(['c8g.xlarge']);
    const list = prices.filter(({ name }) => !/ on spot$|^fargate-spot/.test(name)).map(({ date }) => date);
    expect(report.priceBook).to.include({ oldest: list.toSorted()[0], newest: list.toSorted().at(-1) });
    expect(report.priceBook.spot?.oldest).to.match(/^\d{4}-/);
    const without = reportOf({ cdn: { enabled: false } });
    expect(usedPrices(without, book).some(({ name }) => name.startsWith('cloudfront.'))).to.equal(false);
  });

  it('differs where the on-demand base of the workers is another, in the lines of workers', async () => {
    const workers = { ...SETTINGS.prod.workers, onDemandBase: SETTINGS.prod.workers.onDemandBase + 2 };
    const page = await htmlComparison({ before: report, after: reportOf({ workers }), stacks: [] });
    expect(page).to.include('Compute: worker: instances on demand');
    expect(page).to.not.include('Compute: download: instances on demand');
  });

  it('differs where renditions expire earlier, in their storage and in what makes them again', async () => {
    const storage = { ...SETTINGS.prod.storage, renditionsExpireDays: 30 };
    const page = await htmlComparison({ before: report, after: reportOf({ storage }), stacks: [] });
    expect(page).to.include('Storage: S3: STANDARD').and.include('Requests: S3 requests: renditions');
  });
});
