import { expect } from 'chai';
import fc from 'fast-check';
import { BILLED_NAMES, type BilledRequests, NOTHING_BILLED, receiptOf } from '../../../shared/domain/receipt.ts';
import { PRICES } from '../../support/worker/receipt-prices.ts';

const USUAL = { puts: 1, gets: 0.25, reads: 0.25, writes: 2, sqs: 0.5, cpuMs: 118.4 };

/** Bytes of attributes in DynamoDB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html, read on 2026-11-30). */
function bytesOf(attributes: object): number {
  const digitsOf = (value: number) =>
    value
      .toFixed(10)
      .replace('.', '')
      .replace(/^0+|0+$/g, '').length;
  const bytesOfValue = (value: unknown) =>
    typeof value === 'number' ? Math.ceil(digitsOf(value) / 2) + 1 : Buffer.byteLength(String(value));
  return Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOfValue(value),
    0,
  );
}

describe('the receipt of an attempt', () => {
  it('has quantities alone where no prices are known, and says so', () => {
    expect(receiptOf(USUAL, undefined)).to.deep.equal({ ...USUAL, cpuMs: 118, unpriced: 1 });
  });

  it('has the sum of quantities times prices, and the date of the prices', () => {
    // 1 PUT, ¼ GET, ¼ read unit, 2 write units, ½ request to SQS and 0.118 s:
    // 0.000005 + 0.0000001 + 0.00000003125 + 0.00000125 + 0.0000002 + 0.00000118 = 0.00000776125
    const receipt = receiptOf(USUAL, PRICES);
    expect(receipt.usd).to.be.closeTo(0.00000776125, 1e-10);
    expect(receipt).to.include({ priced: '2026-08-01' }).and.not.have.property('unpriced');
  });

  it('costs nothing or more, and more with more of anything', () => {
    const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
    const attempt = fc.record({ ...Object.fromEntries(BILLED_NAMES.map((name) => [name, amount])), cpuMs: amount });
    fc.assert(
      fc.property(attempt, fc.constantFrom(...BILLED_NAMES), (some, name) => {
        const less = { ...NOTHING_BILLED, ...some } as BilledRequests & { cpuMs: number };
        const usd = Number(receiptOf(less, PRICES).usd);
        expect(usd).to.be.at.least(0);
        expect(receiptOf({ ...less, [name]: less[name] + 1 }, PRICES).usd).to.be.above(usd);
      }),
    );
  });

  it('takes 63 bytes of an item with prices, and 50 without', () => {
    expect(bytesOf(receiptOf(USUAL, PRICES))).to.equal(63);
    expect(bytesOf(receiptOf(USUAL, undefined))).to.equal(50);
  });
});
