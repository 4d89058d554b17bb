import { expect } from 'chai';
import fc from 'fast-check';
import type { LifecycleRule, LifecycleRules } from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import { TRANSITION_CLASSES } from '../../../../scripts/cost/lifecycle/storage-classes.ts';
import { bandMonths, type ObjectMix, storageMonths } from '../../../../scripts/cost/lifecycle/storage-months.ts';
import { priceAt, priceOfStorage, storageRates } from '../../../../scripts/cost/lifecycle/storage-price.ts';
import { augustPrices } from './august-prices.ts';
import { KIB, MIB } from './mixes.ts';

const MONTHS = 8;
const RUNS = { numRuns: 25 };
const { option, record } = fc;
const day = fc.integer({ min: 1, max: 200 });
const days = option(day, { nil: undefined });

const rule: fc.Arbitrary<LifecycleRule> = record({
  ...{ id: fc.constant('rule'), prefix: fc.constantFrom('', 'originals/'), expirationDays: days },
  ...{ noncurrentDays: days, abortMultipartDays: days, removesDeleteMarkers: fc.boolean() },
  largerThan: option(fc.integer({ min: 0, max: MIB }), { nil: undefined }),
  transitions: fc.array(
    record({ days: fc.integer({ min: 0, max: 200 }), to: fc.constantFrom(...TRANSITION_CLASSES) }),
    {
      maxLength: 2,
    },
  ),
});
const rules: fc.Arbitrary<LifecycleRules> = record({
  versioned: fc.boolean(),
  rules: fc.array(rule, { maxLength: 2 }),
});

const bytes = fc.integer({ min: KIB, max: 20 * MIB });
const mix: fc.Arbitrary<ObjectMix> = record({
  prefix: fc.constant('originals/' as const),
  perMonth: fc.integer({ min: 0, max: 1_000_000 }),
  sizes: fc.tuple(bytes, bytes, fc.double({ min: 0, max: 1, noNaN: true })).map(([one, other, share]) => [
    { meanBytes: one, share },
    { meanBytes: other, share: 1 - share },
  ]),
  readsPerMonthByAge: fc
    .tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(
      ([reads, left]) =>
        (month: number) =>
          reads * left ** month,
    ),
  deletedShareByMonth: fc.double({ min: 0, max: 0.9, noNaN: true }),
  abandonedUploads: record({ perMonth: fc.integer({ min: 0, max: 1000 }), meanBytes: bytes }),
});

const closeTo = (actual: number, expected: number) =>
  expect(actual).to.be.closeTo(expected, 1e-9 + Math.abs(expected) * 1e-9);

/** All numbers in a value. */
const numbersIn = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Object.values(value as object).flatMap(numbersIn);

describe('storage under any lifecycle rules', () => {
  it('has all bytes that were created in each month either stored, expired or deleted', () =>
    fc.assert(
      fc.property(mix, rules, (objects, lifecycle) => {
        let [created, gone] = [0, 0];
        for (const month of storageMonths([objects], lifecycle, MONTHS)) {
          created += month.createdGb;
          gone += month.expiredGb + month.deletedGb;
          closeTo(month.storedGb, created - gone);
        }
        const parts = objects.abandonedUploads ?? { perMonth: 0, meanBytes: 0 };
        const perMonth = objects.sizes.reduce(
          (sum, { meanBytes, share }) => sum + objects.perMonth * share * meanBytes,
          0,
        );
        closeTo(created, (MONTHS * (perMonth + parts.perMonth * parts.meanBytes)) / 1024 ** 3);
      }),
      RUNS,
    ));

  it('has as many objects in all classes as were created, less those that are removed', () =>
    fc.assert(
      fc.property(mix, rules, ({ abandonedUploads, ...objects }, { versioned, rules: some }) => {
        const keeping = { versioned, rules: some.map((each) => ({ ...each, expirationDays: undefined })) };
        const months = storageMonths([{ ...objects, deletedShareByMonth: 0 }], keeping, MONTHS);
        // A day that is in two months counts in both as it is on average.
        for (const { month, byClass } of months)
          expect(Object.values(byClass).reduce((sum, each) => sum + each.objects, 0)).to.be.closeTo(
            (month - 0.5) * objects.perMonth,
            objects.perMonth * 0.0002,
          );
      }),
      RUNS,
    ));

  for (const field of ['expirationDays', 'noncurrentDays', 'abortMultipartDays'] as const)
    it(`never stores less for longer ${field}`, () =>
      fc.assert(
        fc.property(mix, rule, day, day, fc.boolean(), (objects, each, some, more, versioned) => {
          const stored = (value: number) =>
            storageMonths([objects], { versioned, rules: [{ ...each, [field]: value }] }, MONTHS);
          const longer = stored(some + more);
          for (const [index, month] of stored(some).entries())
            expect(longer[index]?.storedGb).to.be.at.least(month.storedGb - 1e-9 * (1 + month.storedGb));
        }),
        RUNS,
      ));

  it('has no negative quantity and no negative price', () =>
    fc.assert(
      fc.property(mix, rules, (objects, lifecycle) => {
        for (const month of storageMonths([objects], lifecycle, MONTHS))
          for (const number of numbersIn([month, priceOfStorage(month, augustPrices())]))
            expect(number).to.be.at.least(-1e-9);
      }),
      RUNS,
    ));

  it('costs in all what its sizes cost, also where prices have tiers', () =>
    fc.assert(
      fc.property(mix, rules, ({ abandonedUploads, ...objects }, lifecycle) => {
        const book = augustPrices({ cheaperFromGb: 500 });
        const bands = objects.sizes.map((band) => bandMonths(objects, band, lifecycle, MONTHS));
        for (const [index, month] of storageMonths([objects], lifecycle, MONTHS).entries()) {
          const rates = storageRates(month, book);
          const parts = bands.flatMap((band) => band[index] ?? []).map((part) => priceAt(part, rates).usd);
          closeTo(
            priceOfStorage(month, book).usd,
            parts.reduce((sum, usd) => sum + usd, 0),
          );
        }
      }),
      RUNS,
    ));
});
