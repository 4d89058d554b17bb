import { expect } from 'chai';
import { onDemandBaseWarnings } from '../../../../../scripts/cost/model/warnings/spot-warnings.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { pricedMonth } from '../../../../support/cost/priced.ts';
import type { Changes } from '../../../../support/cost/synthesised.ts';

const warnings = (workers: NonNullable<Changes['workers']>, images = 1) =>
  onDemandBaseWarnings(pricedMonth('prod', { ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * images }, { workers }));

describe('warnings of onDemandBase', () => {
  it('say where it is above the instances that the workload needs, and what spot would save', () => {
    // Two workers run always, each on an instance: at the cheapest type's 0.153 on demand, and a mean of 0.06872 on spot. 2 × 730 × 0.08428.
    const [found] = warnings({ onDemandBase: 5 });
    expect(found?.code).to.equal('on-demand-base');
    expect(found?.sentence).to.match(/^onDemandBase of worker is 5, and this workload needs 2 instances at most/);
    expect(found?.usd).to.be.closeTo(123.05, 0.1);
  });

  it('are none where every instance of the base is needed', () => {
    expect(warnings({ onDemandBase: 1 })).to.deep.equal([]);
    expect(warnings({ onDemandBase: 2 })).to.deep.equal([]);
    // A hundred times the work takes ten instances.
    expect(warnings({ onDemandBase: 5 }, 100)).to.deep.equal([]);
    expect(warnings({ onDemandBase: 0 })).to.deep.equal([]);
  });

  it('say where it has no effect because everything is on demand', () => {
    const [found] = warnings({ onDemandBase: 1, onDemandPercent: 100 });
    expect(found?.sentence).to.include('has no effect: onDemandPercent is 100');
    expect(found?.usd).to.equal(0);
  });
});
