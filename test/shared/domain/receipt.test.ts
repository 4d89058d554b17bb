import { expect } from 'chai';
import fc from 'fast-check';
import {
  addToReceipt,
  BILLED_NAMES,
  type BilledRequests,
  NOTHING_BILLED,
  type Receipt,
  type ReceiptPrices,
} from '../../../shared/domain/receipt.ts';

const PRICES: ReceiptPrices = {
  puts: 0.000005,
  gets: 0.0000004,
  reads: 0.000000125,
  writes: 0.000000625,
  sqs: 0.0000004,
  cpuSecond: 0.00001,
  date: '2026-08-01',
};

const USUAL = { puts: 1, gets: 0.25, reads: 0.25, writes: 2, sqs: 0.5, cpuMs: 118.4 };

/** Bytes of a map in DynamoDB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html, read on 2026-11-30). */
function bytesOf(name: string, map: object): number {
  const digitsOf = (value: number) =>
    value
      .toFixed(10)
      .replace('.', '')
      .replace(/^0+|0+$/g, '').length;
  const bytesOfValue = (value: unknown) =>
    typeof value === 'number' ? Math.ceil(digitsOf(value) / 2) + 1 : Buffer.byteLength(String(value));
  const members = Object.entries(map).map(([member, value]) => Buffer.byteLength(member) + bytesOfValue(value) + 1);
  return Buffer.byteLength(name) + 3 + members.reduce((sum, bytes) => sum + bytes, 0);
}

describe('the receipt of a rendition', () => {
  it('has quantities alone where no prices are known', () => {
    expect(addToReceipt(undefined, USUAL, undefined)).to.deep.equal({ ...USUAL, cpuMs: 118 });
  });

  it('has the sum of quantities times prices, and the date of the prices', () => {
    // 1 PUT, ¼ GET, ¼ read unit, 2 write units, ½ request to SQS and 0.118 s:
    // 0.000005 + 0.0000001 + 0.00000003125 + 0.00000125 + 0.0000002 + 0.00000118 = 0.00000776125
    const receipt = addToReceipt(undefined, USUAL, PRICES);
    expect(receipt.usd).to.be.closeTo(0.00000776125, 1e-10);
    expect(receipt.priced).to.equal('2026-08-01');
  });

  it('adds attempts, and prices all of them by the latest prices', () => {
    const first = addToReceipt(undefined, USUAL, undefined);
    const both = addToReceipt(first, USUAL, PRICES);
    expect(both).to.include({ puts: 2, gets: 0.5, writes: 4, sqs: 1, cpuMs: 236 });
    expect(both.usd).to.be.closeTo(2 * 0.00000776125, 1e-8);
  });

  it('never costs less with another attempt', () => {
    const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
    const attempt = fc.record({ ...Object.fromEntries(BILLED_NAMES.map((name) => [name, amount])), cpuMs: amount });
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 5 }), (attempts) => {
        let before: Receipt | undefined;
        for (const each of attempts) {
          const after = addToReceipt(
            before,
            { ...NOTHING_BILLED, ...each } as BilledRequests & { cpuMs: number },
            PRICES,
          );
          expect(after.usd).to.be.at.least(before?.usd ?? 0);
          before = after;
        }
      }),
    );
  });

  it('takes 81 bytes of an item with prices, and 56 without', () => {
    expect(bytesOf('receipt', addToReceipt(undefined, USUAL, PRICES))).to.equal(81);
    expect(bytesOf('receipt', addToReceipt(undefined, USUAL, undefined))).to.equal(56);
  });
});
