import { expect } from 'chai';
import { compareCompute } from '../../../../../scripts/cost/model/compute/compute-lines.ts';
import { contextOf, linesOf } from '../../../../../scripts/cost/model/cost-model.ts';
import type { PriceOverrides } from '../../../../../stacks/prices/overrides.ts';
import { type PriceBook, readPriceBook } from '../../../../../stacks/prices/price-book.ts';
import { fixedPrices } from '../../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { usdOf } from '../../../../support/cost/report-lines.ts';
import { synthesised } from '../../../../support/cost/synthesised.ts';

/** What all work of a service costs on demand and on spot, and the lines of prod. */
function compute(service: string, book: PriceBook) {
  const context = contextOf({ environment: synthesised('prod'), workload: PLAIN, book, month: 13 });
  const [facts] = context.services.filter((each) => each.service === service);
  if (!facts) throw new Error(`There is no ${service}.`);
  const { onDemand, spot } = compareCompute(facts, context);
  return { onDemand: onDemand.typical, spot: spot.typical, lines: linesOf(context).lines };
}

const negotiated = (overrides: PriceOverrides): PriceBook => readPriceBook('us-east-1', { overrides });

describe('compute on demand and on spot', () => {
  it('costs on Fargate what vCPUs and memory of all tasks cost, and on spot what they cost on x86_64', () => {
    const { onDemand, spot } = compute('sync-upload', fixedPrices());
    // Two tasks of 1 vCPU and 2 GB, which are 2,048 MiB, on arm64: 2 × 730 × (0.03238 + 2 × 0.00356) = 1,460 × 0.0395.
    expect(onDemand).to.be.closeTo(57.67, 0.001);
    // Of a dollar on x86_64, (0.013 + 2 × 0.0015) / (0.04048 + 2 × 0.004445) = 0.016 / 0.04937 is left: 57.67 × 0.324084.
    expect(spot).to.be.closeTo(18.69, 0.001);
  });

  it('costs on spot the list price on demand at most', () => {
    for (const service of ['worker', 'sync-upload']) {
      const { onDemand, spot } = compute(service, fixedPrices({ spotShare: 1.5 }));
      expect(spot, service).to.be.at.most(onDemand);
    }
  });

  const NEGOTIATED: Record<string, PriceOverrides> = {
    'savings plans': { savingsPlans: { compute: { share: 1, discount: 0.72 } } },
    'reserved instances': { reserved: { 'instances.*': { share: 1, discount: 0.72 } } },
    discounts: { discounts: { 'instances.*': 0.72, 'fargate.arm64.*': 0.72, 'fargate.x86_64.*': 0.72 } },
  };
  for (const [what, overrides] of Object.entries(NEGOTIATED))
    it(`costs as much on spot with ${what} that are deeper than the saving of spot`, () => {
      const list = readPriceBook('us-east-1');
      for (const service of ['worker', 'sync-upload'])
        expect(compute(service, negotiated(overrides)).spot, service).to.be.closeTo(compute(service, list).spot, 1e-9);
      const [discounted, listed] = [compute('worker', negotiated(overrides)), compute('worker', list)];
      expect(usdOf(discounted.lines, 'worker: instances on spot')).to.equal(
        usdOf(listed.lines, 'worker: instances on spot'),
      );
      // Of a dollar on demand, 0.28 are left.
      expect(usdOf(discounted.lines, 'worker: instances on demand')).to.be.closeTo(
        usdOf(listed.lines, 'worker: instances on demand') * 0.28,
        1e-9,
      );
    });
});
