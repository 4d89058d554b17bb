import { expect } from 'chai';
import { invalidationWarnings } from '../../../../../scripts/cost/model/warnings/invalidation-warnings.ts';
import { WORKLOADS } from '../../../../../scripts/cost/workloads/all-workloads.ts';
import type { Workload } from '../../../../../scripts/cost/workloads/workload.ts';
import { PLAIN } from '../../../../support/cost/plain-workload.ts';
import { pricedMonth } from '../../../../support/cost/priced.ts';

const warnings = (workload: Workload, name: 'prod' | 'dev' = 'prod') =>
  invalidationWarnings(pricedMonth(name, workload));

describe('warnings of invalidations', () => {
  it('say how many deletions a second CloudFront does not take', () => {
    // Of a million images a month, 5 % deleted a month, 1,000,000 × (1 - 0.95¹³) / 0.05 = 9,733,158 are stored: 486,658 deletions in
    // 2,628,000 s are 0.185 a second. Five times as many are 0.926; 15 paths in 60 s are 0.25.
    const deleting = { ...PLAIN, deletionsPerMonth: 0.05 };
    expect(warnings(deleting)).to.deep.equal([]);
    const [found] = warnings({ ...deleting, imagesPerDay: PLAIN.imagesPerDay * 5 });
    expect(found).to.include({ code: 'invalidations-in-progress', usd: 0 });
    expect(found?.sentence).to.include('0.926 public images').and.to.include('the paths of 0.25: 15 with a *');
    // 5 × 0.48665791 million are deleted in a month, and 0.25 × 2,628,000 = 657,000 are taken.
    expect(found?.sentence).to.include('takes 657,000 of the 2,433,290 in a month').and.to.include('a year by /files/');
  });

  it('say that the others wait if there is room in other hours', () => {
    // Twice the mean in half of the hours: 0.37 a second, and 0.185 over the day.
    const dailyCurve = Array.from({ length: 24 }, (_, hour) => hour % 2);
    const [found] = warnings({ ...PLAIN, deletionsPerMonth: 0.05, dailyCurve });
    expect(found?.sentence).to.include('0.37 public images').and.to.include('The others wait for hours with fewer.');
  });

  it('count no private images, and none where there is no CDN', () => {
    const deleting = { ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * 5, deletionsPerMonth: 0.05 };
    expect(warnings({ ...deleting, privateShare: 0.8 })).to.deep.equal([]);
    expect(warnings({ ...deleting, privateShare: 0.7 })).to.have.length(1);
    expect(pricedMonth('dev', deleting).hasCdn, 'dev has none').to.equal(false);
    expect(warnings(deleting, 'dev')).to.deep.equal([]);
  });

  it('are given for the workloads large and internet, and not for smaller ones', () => {
    const warned = Object.entries(WORKLOADS).filter(([, workload]) => warnings(workload).length > 0);
    expect(warned.map(([name]) => name)).to.deep.equal(['large', 'internet']);
  });
});
