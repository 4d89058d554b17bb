import { expect } from 'chai';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { report, usdOf } from '../../../support/cost/report-lines.ts';

const most = (item: string, found = report()): number => usdOf(found, `DynamoDB: ${item}`, 'maximum');

/** With what access writes and reads, which shares the ceilings. */
const allOf = (unit: 'writes' | 'reads'): number => {
  const shared = {
    writes: ['writes that count requests', 'writes that count uploads at once', 'notes of when API keys were used'],
    reads: ['reads of API keys', 'looks for what is owed'],
  };
  return [unit, ...shared[unit]].reduce((sum, item) => sum + most(item), 0);
};

describe('the table of images at the limits of its settings', () => {
  it('costs the ceilings of the table and of each of its two indexes all month', () => {
    // 4,000 writes a second × 730 × 3,600 × 0.625 / 1,000,000.
    expect(allOf('writes')).to.be.closeTo(6570, 1e-6);
    expect(most('writes of the indexes')).to.be.closeTo(2 * 6570, 1e-6);
    // 10,000 reads a second × 2,628,000 × 0.125 / 1,000,000, of the table and each index.
    expect(allOf('reads')).to.be.closeTo(3 * 3285, 1e-6);
  });

  it('saves three times half of its writes if the ceiling is half as high', () => {
    const half = report(PLAIN, { storage: { maxWriteUnits: 2000 } });
    const saved = ['writes', 'writes of the indexes'].map((item) => most(item) - most(item, half));
    expect(saved[0]).to.be.closeTo(3285, 1e-6);
    expect(saved[1]).to.be.closeTo(2 * 3285, 1e-6);
  });

  it('costs what the workload takes if that is more', () => {
    // 14,000 writes and 2,000 of the index for each thousand of 10,000,000,000 images: 53,272 and 7,610 a second. Both indexes may take 8,000.
    const busy = report({ ...PLAIN, imagesPerDay: PLAIN.imagesPerDay * 10_000 });
    expect(most('writes', busy)).to.be.closeTo(usdOf(busy, 'DynamoDB: writes'), 1e-6);
    expect(most('writes of the indexes', busy)).to.be.closeTo(2 * 6570, 1e-6);
  });
});
