import { expect } from 'chai';
import { readPriceBook } from '../../../stacks/prices/price-book.ts';
import { quantity } from '../../../stacks/prices/price-units.ts';

describe('the price book', () => {
  const book = readPriceBook('us-east-1');

  it('prices each part of an amount at its own tier', () => {
    // 1,024 GB are free, 9,216 cost $0.085, and the last 760 of 11,000 cost $0.08.
    const usd = 9216 * 0.085 + 760 * 0.08;
    expect(book.usd('cloudfront.transfer', quantity(11_000, 'GB'))).to.be.closeTo(usd, 1e-9);
    expect(book.usd('cloudfront.transfer', quantity(0, 'GB'))).to.equal(0);
  });

  it('prices requests by the thousand or million', () => {
    expect(book.usd('s3.standard.put', quantity(5_000_000, 'request'))).to.be.closeTo(25, 1e-9);
    expect(book.usd('sqs.standard.request', quantity(3_000_000, 'request'))).to.be.closeTo(0.8, 1e-9);
  });

  it('can leave out what an account gets free', () => {
    const full = readPriceBook('us-east-1', { allowances: false });
    expect(full.usd('cloudfront.transfer', quantity(1024, 'GB'))).to.be.closeTo(87.04, 1e-9);
    expect(full.usd('sqs.standard.request', quantity(3_000_000, 'request'))).to.be.closeTo(1.2, 1e-9);
  });

  it('refuses amounts that cannot be', () => {
    for (const amount of [-1, Number.NaN])
      expect(() => book.usd('nat.data', quantity(amount, 'GB'))).to.throw('not an amount');
  });

  it('has on-demand and spot prices of instances, and says where spot is assumed', () => {
    expect(book.instance('c7g.large')).to.deep.include({
      onDemand: 0.0725,
      saving: 0.49,
      interruptionBand: 0,
      assumed: false,
    });
    expect(book.instance('c7g.large').spot).to.be.closeTo(0.0725 * 0.51, 1e-9);
    expect(book.instance('c8a.large')).to.include({ assumed: true });
    expect(book.instance('c8a.large').saving).to.be.within(0.4, 0.8);
  });

  it('names what has no price, and regions that have a book', () => {
    expect(() => book.instance('x9.large')).to.throw('stacks/prices/us-east-1.json has no price of x9.large');
    expect(() => readPriceBook('mars-1')).to.throw(/no prices of mars-1: .*us-east-1/);
  });

  it('takes what it lacks from the overrides, for as many units as another region has it', () => {
    const ireland = readPriceBook('eu-west-1');
    expect(ireland.missing).to.include('s3.glacier-ir.put');
    expect(() => ireland.usd('s3.glacier-ir.put', quantity(1, 'request'))).to.throw(
      /eu-west-1\.json has no price of s3\.glacier-ir\.put.*--prices FILE: docs\/finance\.md/,
    );
    const own = readPriceBook('eu-west-1', { overrides: { prices: { 's3.glacier-ir.put': 0.03 } } });
    expect(own.usd('s3.glacier-ir.put', quantity(2000, 'request'))).to.be.closeTo(0.06, 1e-9);
    expect(own.missing).to.not.include('s3.glacier-ir.put');
    expect(own.row('s3.glacier-ir.put')).to.include({ source: 'the overrides', date: own.newest });
  });

  it('does not price one unit by the price of another', () => {
    // @ts-expect-error: gigabytes are not requests.
    expect(book.usd('s3.standard.put', quantity(1, 'GB'))).to.be.above(0);
  });
});
