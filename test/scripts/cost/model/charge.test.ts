import { expect } from 'chai';
import { averagesOf, type Billed, priced, rateText, used } from '../../../../scripts/cost/model/charge.ts';
import { readPriceBook } from '../../../../stacks/prices/price-book.ts';

const book = readPriceBook('us-east-1');

const delivered = (gb: number): Billed => ({
  ...{ area: 'cdn', item: 'bytes', how: 'what is read' },
  charges: [{ price: 'cloudfront.transfer', amount: used(gb) }],
});

const arithmeticOf = (gb: number, of = book): string => {
  const line = delivered(gb);
  return priced(line, averagesOf([line], of)).arithmetic;
};

describe('the arithmetic of a charge', () => {
  it('says that a price is a mean, where a part is free or in another tier', () => {
    // The first TB is free, the others of the first 10 TB cost $0.085: 1,000 × 0.085 / 2,024.
    expect(arithmeticOf(2024)).to.equal('what is read: 2,024 GB × $0.042 (mean over tiers and after what is free)');
  });

  it('says nothing of a mean where everything costs what the price book says', () => {
    expect(arithmeticOf(1000)).to.equal('what is read: 1,000 GB × $0');
    expect(arithmeticOf(1000, readPriceBook('us-east-1', { allowances: false }))).to.equal(
      'what is read: 1,000 GB × $0.085',
    );
  });

  it('takes the price of any class for one, and what lies between them for a mean', () => {
    const names = ['s3.standard.get', 's3.standard-ia.get', 's3.standard.retrieval'];
    expect(rateText(0.001 / 1000, names, book)).to.equal('$0.000001');
    expect(rateText(0.0006 / 1000, names, book)).to.match(/^\$0\.0000006 \(mean /);
  });
});
