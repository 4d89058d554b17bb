import { expect } from 'chai';
import { contextOf, costReport, linesOf } from '../../../../../scripts/cost/model/cost-model.ts';
import { PRODUCT_CHANGES } from '../../../../../scripts/cost/model/levers/product-changes.ts';
import type { CostLine } from '../../../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { synthesised } from '../../../../support/cost/synthesised.ts';

const inputOf = (workload: Workload, name: 'prod' | 'dev' = 'prod') => ({
  ...{ environment: synthesised(name), workload, book: fixedPrices(), month: 13 },
});

/** Dollars that each line costs more with a change of the product. Those that stay the same are left out. */
function differences(beginning: string, workload: Workload): Record<string, number> {
  const input = inputOf(workload);
  const changed = PRODUCT_CHANGES.find(({ change }) => change.startsWith(beginning))?.apply(input);
  if (!changed) throw new Error(`No change of the product that applies begins with: ${beginning}`);
  const usd = (lines: readonly CostLine[], item: string) =>
    lines.filter((line) => line.item === item).reduce((sum, line) => sum + line.usd.typical, 0);
  const [before, after] = [linesOf(contextOf(input)).lines, linesOf(contextOf(changed)).lines];
  const items = [...new Set([...before, ...after].map(({ item }) => item))];
  const all = items.map((item): [string, number] => [item, usd(after, item) - usd(before, item)]);
  return Object.fromEntries(all.filter(([, difference]) => Math.abs(difference) > 1e-9));
}

describe('changes of the product in the cost report', () => {
  it('count the questions to the service of edges that keep copies for an hour', () => {
    const found = differences('Let edges keep', { ...PLAIN, deletionsPerMonth: 0.01 });
    // 122,478 paths, of which 1,000 are free, are no longer invalidated: × 0.005.
    expect(found['CloudFront: invalidations']).to.be.closeTo(-607.39, 0.01);
    // Ten reads of a rendition in the month of the upload, 1/730 of them in an hour: of 36,000,000 hits 1 / (1 + 10 / 730) find their copy too old,
    // which are 35,513,514 questions. Each passes Origin Shield (× 0.0075 / 10,000), the load balancer's web ACL (× 0.6 / 1,000,000), and takes
    // half a read unit (× 0.125 / 1,000,000).
    expect(found['CloudFront: Origin Shield']).to.be.closeTo(26.635, 0.001);
    expect(found['Web ACL of the load balancer: requests']).to.be.closeTo(21.308, 0.001);
    expect(found['DynamoDB: reads']).to.be.closeTo(2.2196, 0.001);
    // They are answered 304, so that nothing more is read from S3.
    expect(found).to.not.have.any.keys('S3 requests: reads', 'CloudFront: bytes to viewers');
  });

  it('save the moves of originals that are uploaded straight into Intelligent-Tiering, and the days before them', () => {
    const found = differences('Upload originals straight', { ...PLAIN, readsPerImage: { original: 0, rendition: 0 } });
    // 1,000,000 moves × 0.01 / 1,000.
    expect(found['S3 requests: moves by lifecycle rules']).to.be.closeTo(-10, 1e-9);
    // They come half a day earlier, and so they become infrequent and archived half a day to a day earlier.
    expect(found['S3: STANDARD']).to.be.below(0);
    const storage = Object.entries(found).filter(([item]) => item.startsWith('S3: '));
    expect(storage.reduce((sum, [, usd]) => sum + usd, 0)).to.be.closeTo(0, 3);
  });

  it('save two write units for each rendition that is written once', () => {
    // 8,000,000 × 0.625 / 1,000,000.
    const { 'DynamoDB: writes': writes, ...others } = differences('Write each rendition', PLAIN);
    expect(writes).to.be.closeTo(-5, 1e-9);
    expect(others).to.deep.equal({});
  });

  it('are in the report in the order of what they save, each with its risk, and none of them among the levers', () => {
    const workload = { ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * 10, deletionsPerMonth: 0.01 };
    const { productChanges, levers } = costReport({ ...inputOf(workload), generated: '2026-11-30' });
    const saved = productChanges.map(({ saves }) => saves);
    expect(saved).to.have.length.of.at.least(3);
    expect(saved).to.deep.equal(saved.toSorted((a, b) => b - a));
    expect(productChanges.every(({ saves, risk }) => saves > 0 && risk.length > 20)).to.equal(true);
    expect(productChanges[0]?.change).to.include('instead of invalidating');
    const ofSettings = levers.map(({ change }) => change);
    expect(ofSettings).to.not.have.any.members(productChanges.map(({ change }) => change));
  });

  it('have nothing about the CDN where there is none', () => {
    const [edges] = PRODUCT_CHANGES.filter(({ change }) => change.startsWith('Let edges keep'));
    expect(edges?.apply(inputOf(PLAIN, 'dev'))).to.equal(undefined);
  });
});
