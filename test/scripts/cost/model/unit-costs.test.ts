import { expect } from 'chai';
import { costReport } from '../../../../scripts/cost/model/cost-model.ts';
import { LIFE_OF_AN_IMAGE, type UnitCost } from '../../../../scripts/cost/report/cost-report.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { synthesised } from '../../../support/cost/synthesised.ts';

const report = (workload: Workload) =>
  costReport({
    ...{ environment: synthesised('prod'), workload, book: fixedPrices(), month: 13, generated: '2026-11-30' },
  });

const found = ({ unitCosts }: { unitCosts: readonly UnitCost[] }, wanted: string): UnitCost => {
  const unit = unitCosts.find(({ name }) => name === wanted);
  if (!unit) throw new Error(`There is no unit cost ${wanted}, but ${unitCosts.map(({ name }) => name).join(', ')}.`);
  return unit;
};

const part = ({ parts = [] }: UnitCost, wanted: string): number =>
  parts.find(({ name }) => name === wanted)?.usd ?? Number.NaN;

describe('unit costs of the cost report', () => {
  it('are the sums of their parts', () => {
    for (const { name, usd, parts = [] } of report({ ...PLAIN, laterRenditionsPerImage: 0.5 }).unitCosts)
      expect(
        parts.reduce((sum, each) => sum + each.usd, 0),
        name,
      ).to.be.closeTo(usd, 1e-12);
  });

  it('divide the whole month by the images uploaded in it', () => {
    const all = report(PLAIN);
    const { usd } = found(all, 'the whole month, for each image uploaded in it');
    expect(usd).to.be.closeTo(all.total.typical / 1e6, 1e-12);
  });

  it('have in the life of an image what it takes in the table for two years', () => {
    // 3,740 bytes in the table and 540 in the index, at 26.82 × 0.25 for 13,000,000 images, and 3,740 of recovery: (6.705 + 9.056) / 13,000,000 × 24.
    const life = found(report(PLAIN), LIFE_OF_AN_IMAGE);
    const byHand = ((6.705 + 9.056) / 13e6) * 24;
    expect(part(life, '24 months in the table')).to.be.closeTo(byHand, byHand / 100);
  });

  it('have in the life of an image the renditions that are asked for later', () => {
    const none = found(report(PLAIN), LIFE_OF_AN_IMAGE);
    expect(part(none, 'later and remade renditions')).to.equal(0);
    // A later rendition is asked for (a read, a message, and writes of it and, with the index, of the record), and made (two messages, a read, a GET, a
    // PUT and two writes): 0.000005 + 0.0000004 + 2 × 0.125e-6 + 5 × 0.625e-6 + 3 × 0.4e-6, of which a part of the messages is free. The workers cost
    // 172.25 with their volumes for 1,250,000 vCPU-seconds, of which it takes a quarter; their log is a cent.
    const one = found(report({ ...PLAIN, laterRenditionsPerImage: 1 }), LIFE_OF_AN_IMAGE);
    const byHand = 0.000005 + 0.0000004 + 0.00000025 + 0.000003125 + 0.0000012 + (172.25 / 1.25e6) * 0.25;
    expect(part(one, 'later and remade renditions')).to.be.closeTo(byHand, byHand * 0.02);
    expect(one.usd).to.be.above(none.usd);
  });
});
