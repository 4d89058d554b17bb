import { expect } from 'chai';
import {
  monthsToRepay,
  type PricedRules,
  paysFromBytes,
  paysFromIndex,
} from '../../../../scripts/cost/lifecycle/break-even.ts';
import type { LifecycleRules, Transition } from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import { rulesForObject } from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import { objectLife } from '../../../../scripts/cost/lifecycle/object-life.ts';
import { priceAt, storageRates } from '../../../../scripts/cost/lifecycle/storage-price.ts';
import { noQuantities } from '../../../../scripts/cost/lifecycle/storage-quantities.ts';
import { augustPrices } from './august-prices.ts';
import { KIB, MIB, rulesOf } from './mixes.ts';

const DAYS = 730;
const KEPT = { deletedShareByMonth: 0, readsPerMonthByAge: () => 0 };
const read = (perMonth: number) => ({ ...KEPT, readsPerMonthByAge: () => perMonth });

const priced = (rules: LifecycleRules): PricedRules => ({
  ...{ prefix: 'originals/', rules, rates: storageRates(noQuantities(), augustPrices()) },
});
const UNMOVED = priced(rulesOf());
const movedAfter = (days: number, to: Transition['to']) => priced(rulesOf({ transitions: [{ days, to }] }));

/** What a million objects cost less than in Standard in a month like one day of their lives, in US dollars. */
function savedInMonth(bytes: number, { rules, rates }: PricedRules, day: number): number {
  const usd = (some: LifecycleRules) => {
    const life = objectLife({ ...KEPT, bytes }, rulesForObject(some, 'originals/', bytes), day + 1);
    return priceAt(life.days[day] ?? noQuantities(), rates).usd;
  };
  return (usd(UNMOVED.rules) - usd(rules)) * 1_000_000 * (730 / 24);
}

describe('the break-even of a transition', () => {
  // Of a million objects: GB = bytes × 1,000,000 / 2 ^ 30. Infrequent access saves GB × (0.023 − 0.0125) dollars a month, 128 KiB: 122.07 × 0.0105 =
  // 1.282. Moving costs 10 dollars: 10 / 1.282 = 7.8 months. Monitoring costs 2.5 dollars a month: 1.282 − 2.5 = −1.218.
  const TABLE: [bytes: number, saved: number, repaidAfter: number, tiered: number][] = [
    [128 * KIB, 1.2817, 7.802, -1.2183],
    [256 * KIB, 2.5635, 3.901, 0.0635],
    [512 * KIB, 5.127, 1.9505, 2.627],
    [MIB, 10.2539, 0.9752, 7.7539],
    [5 * MIB, 51.2695, 0.195, 48.7695],
  ];
  for (const [bytes, saved, repaidAfter, tiered] of TABLE)
    it(`of ${bytes / KIB} KiB is that of the arithmetic by hand`, () => {
      const [infrequent, tiering] = [movedAfter(30, 'STANDARD_IA'), movedAfter(0, 'INTELLIGENT_TIERING')];
      expect(savedInMonth(bytes, infrequent, 60)).to.be.closeTo(saved, saved * 0.01);
      const repaid = monthsToRepay({ ...KEPT, bytes }, [infrequent, UNMOVED], DAYS);
      expect(repaid).to.be.closeTo(repaidAfter, repaidAfter * 0.01);
      // On day 60 unread objects are in the tier of infrequent access.
      expect(savedInMonth(bytes, tiering, 60)).to.be.closeTo(tiered, Math.abs(tiered) * 0.01);
    });

  it('of 64 KiB does not come, because S3 does not move them', () => {
    const infrequent = movedAfter(30, 'STANDARD_IA');
    expect(savedInMonth(64 * KIB, infrequent, 60)).to.equal(0);
    expect(monthsToRepay({ ...KEPT, bytes: 64 * KIB }, [infrequent, UNMOVED], DAYS)).to.equal(undefined);
  });

  it('of 64 KiB does not come either if a filter has them moved, because they are billed as 128 KiB', () => {
    const forced = priced(rulesOf({ largerThan: 0, transitions: [{ days: 30, to: 'STANDARD_IA' }] }));
    // Standard: 61.035 GB × 0.023 = 1.4038; infrequent access: 122.07 GB × 0.0125 = 1.5259. The difference is −0.122.
    expect(savedInMonth(64 * KIB, forced, 60)).to.be.closeTo(-0.122, 0.001);
    expect(monthsToRepay({ ...KEPT, bytes: 64 * KIB }, [forced, UNMOVED], DAYS)).to.equal(undefined);
  });

  it('does not come where objects are read about once a month in infrequent access', () => {
    const infrequent = movedAfter(30, 'STANDARD_IA');
    const size = (reads: number) => paysFromBytes(read(reads), [infrequent, UNMOVED], DAYS);
    // A GB saves 0.0105 dollars a month, and costs 0.01 dollars a read.
    expect(size(1.06)).to.equal(undefined);
    expect(size(1)).to.be.greaterThan(2 * MIB);
    expect(size(0)).to.equal(128 * KIB);
  });

  it('of Intelligent-Tiering is at the size where two years of storage save what two years of monitoring and the move cost', () => {
    // Of the 729.5 days, 30 are in the first tier, 60 in the second, 639 in the third. A GB saves 60 × 0.0105 + 639 × 0.019 = 12.771 dollar-days,
    // 12.771 / 30.41667 = 0.41987 dollars. An object costs 0.00001 + 729 / 30.41667 × 0.0000025 = 0.00006992 dollars: 0.00016653 GB or 174.6 KiB.
    const size = paysFromBytes(KEPT, [movedAfter(0, 'INTELLIGENT_TIERING'), UNMOVED], DAYS) ?? 0;
    expect(size / KIB).to.be.closeTo(174.6, 174.6 * 0.001);
  });

  it('is at the same size, whichever size is followed', () => {
    const rules: [PricedRules, PricedRules] = [movedAfter(90, 'GLACIER_IR'), UNMOVED];
    const size = paysFromBytes(read(0.3), rules, DAYS) ?? 0;
    expect(size).to.be.greaterThan(128 * KIB);
    expect(monthsToRepay({ ...read(0.3), bytes: size * 0.99 }, rules, DAYS)).to.equal(undefined);
    expect(monthsToRepay({ ...read(0.3), bytes: size * 1.01 }, rules, DAYS)).to.be.greaterThan(0);
  });

  it('is the first month from which the sum stays lower', () => {
    expect(paysFromIndex([5, 1, 1], [2, 2, 2])).to.equal(undefined);
    expect(paysFromIndex([4, 1, 0], [2, 2, 2])).to.equal(2);
    expect(paysFromIndex([1, 4, 1, 1], [2, 2, 2, 2])).to.equal(3);
    expect(paysFromIndex([2, 2], [2, 2])).to.equal(undefined);
  });
});
