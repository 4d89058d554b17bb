import { expect } from 'chai';
import fc from 'fast-check';
import { storageMonths } from '../../../../scripts/cost/lifecycle/storage-months.ts';
import { priceOfStorage, type StoragePrice } from '../../../../scripts/cost/lifecycle/storage-price.ts';
import { noQuantities } from '../../../../scripts/cost/lifecycle/storage-quantities.ts';
import { readPriceBook } from '../../../../stacks/prices/price-book.ts';
import { augustPrices } from './august-prices.ts';
import { KIB, MIB, mixOf, moving } from './mixes.ts';

const within = (actual: number, expected: number) => expect(actual).to.be.closeTo(expected, expected * 0.001);

describe('the price of a month of storage', () => {
  it('of month 13 is that of a computation by hand, of two sizes and a move to infrequent access after 30 days', () => {
    const sizes = [
      { meanBytes: 100 * KIB, share: 0.5 },
      { meanBytes: MIB, share: 0.5 },
    ];
    const mix = mixOf({ sizes, readsPerMonthByAge: () => 0.1 });
    const month = storageMonths([mix], moving({ days: 30, to: 'STANDARD_IA' }))[12] ?? noQuantities();
    const price = priceOfStorage(month, augustPrices());
    // The GB-months are computed in storage-months.test.ts: 596.05 + 489.62 in Standard, 5613.9 in infrequent access.
    // 1085.67 × $0.023 = $24.970; 5613.9 × $0.0125 = $70.174.
    within(price.byClass.STANDARD.usd, 24.97);
    within(price.byClass.STANDARD_IA.usd, 70.174);
    // 500,000 moves at $0.01 for 1000 are $5.
    within(price.transitionsUsd, 5);
    // A tenth of 5,748,630 objects is read there: 5613.9 GB / 10 × $0.01 = $5.614 for the bytes. GET requests are 574,863 at $0.001 for 1000,
    // and (6,250,000 + 501,370) / 10 = 675,137 at $0.0004 in Standard: $0.5749 + $0.2701 = $0.845.
    within(price.retrievalUsd, 5.614);
    within(price.readRequestsUsd, 0.845);
    within(price.usd, 24.97 + 70.174 + 5 + 5.614 + 0.845);
  });

  it('has each fee at its own price', () => {
    const feesOf = (change: (quantities: ReturnType<typeof noQuantities>) => void): Partial<StoragePrice> => {
      const quantities = noQuantities();
      change(quantities);
      const { byClass, ...parts } = priceOfStorage(quantities, augustPrices());
      return Object.fromEntries(Object.entries(parts).filter(([, usd]) => usd !== 0));
    };
    const million = 1_000_000;
    const fees = [
      feesOf(({ transitions }) => Object.assign(transitions, { STANDARD_IA: million })),
      feesOf(({ transitions }) => Object.assign(transitions, { INTELLIGENT_TIERING: million })),
      feesOf(({ transitions }) => Object.assign(transitions, { GLACIER_IR: million })),
      feesOf((quantities) => Object.assign(quantities, { monitoredObjects: million })),
      feesOf(({ retrievedGb }) => Object.assign(retrievedGb, { GLACIER_IR: 1000 })),
      feesOf(({ earlyDeletedGbMonths }) => Object.assign(earlyDeletedGbMonths, { GLACIER_IR: 1000 })),
    ];
    const expected = [
      { transitionsUsd: 10, usd: 10 },
      { transitionsUsd: 10, usd: 10 },
      { transitionsUsd: 20, usd: 20 },
      { monitoringUsd: 2.5, usd: 2.5 },
      { retrievalUsd: 30, usd: 30 },
      { earlyDeletionUsd: 4, usd: 4 },
    ];
    for (const [index, found] of fees.entries())
      for (const [name, usd] of Object.entries(expected[index] ?? {}))
        expect(found[name as 'usd'], name).to.be.closeTo(usd, 1e-9);
    expect(fees.map((found) => Object.keys(found).length)).to.deep.equal([2, 2, 2, 2, 2, 2]);
  });

  it('has the same tiers by amount in the first tier of Intelligent-Tiering as in S3 Standard', () => {
    const book = readPriceBook('us-east-1');
    const usdOf = (name: 'STANDARD' | 'INTELLIGENT_TIERING frequent', gbMonths: number): number => {
      const quantities = noQuantities();
      quantities.byClass[name].gbMonths = gbMonths;
      return priceOfStorage(quantities, book).usd;
    };
    // Of 600 TB, 50 cost $0.023, 450 cost $0.022, and 100 cost $0.021 a GB: 51,200 × 0.023 + 460,800 × 0.022 + 102,400 × 0.021.
    expect(usdOf('INTELLIGENT_TIERING frequent', 614_400)).to.be.closeTo(13_465.6, 1e-6);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (gbMonths) => {
        const [standard, frequent] = [usdOf('STANDARD', gbMonths), usdOf('INTELLIGENT_TIERING frequent', gbMonths)];
        expect(frequent).to.be.closeTo(standard, 1e-9 * Math.max(1, standard));
      }),
    );
  });

  it('has the lower price of a tier only beyond it', () => {
    const quantities = noQuantities();
    quantities.byClass.STANDARD.gbMonths = 800;
    // 500 × $0.023 + 300 × $0.022 = $18.10
    expect(priceOfStorage(quantities, augustPrices({ cheaperFromGb: 500 })).usd).to.be.closeTo(18.1, 1e-9);
  });
});
