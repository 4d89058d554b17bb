import { expect } from 'chai';
import type { LifecycleRules } from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import type { TransitionClass } from '../../../../scripts/cost/lifecycle/storage-classes.ts';
import { type ObjectMix, type StorageMonth, storageMonths } from '../../../../scripts/cost/lifecycle/storage-months.ts';
import { KIB, MIB, mixOf, moving, rulesOf } from './mixes.ts';

const monthOf = (month: number, mix: ObjectMix, rules: LifecycleRules): StorageMonth => {
  const found = storageMonths([mix], rules)[month - 1];
  if (!found) throw new Error(`There is no month ${month}.`);
  return found;
};
const within = (actual: number, expected: number) => expect(actual).to.be.closeTo(expected, Math.abs(expected) * 0.001);

describe('the storage of each month', () => {
  it('of month 13 is that of a computation by hand, of two sizes and a move to infrequent access after 30 days', () => {
    const sizes = [
      { meanBytes: 100 * KIB, share: 0.5 },
      { meanBytes: MIB, share: 0.5 },
    ];
    const month = monthOf(13, mixOf({ sizes }), moving({ days: 30, to: 'STANDARD_IA' }));
    // In the middle of month 13, 12.5 months of uploads are there: 12.5 × 500,000 = 6,250,000 objects of each size.
    // Each is in Standard on its first day, half of it on average, and for 30 days more: 30.5 / 30.41667 × 500,000 = 501,370 objects.
    // 100 KiB stay: 6,250,000 × 100 / 1,048,576 = 596.05 GB. Of 1 MiB: 501,370 / 1024 = 489.62 GB.
    within(month.byClass.STANDARD.gbMonths, 596.05 + 489.62);
    // The others: 6,250,000 − 501,370 = 5,748,630 objects, which are 5,748,630 / 1024 = 5613.9 GB.
    within(month.byClass.STANDARD_IA.objects, 5_748_630);
    within(month.byClass.STANDARD_IA.gbMonths, 5613.9);
    within(month.transitions.STANDARD_IA, 500_000);
    // At the end of month 13: 13 × 500,000 × (100 / 1,048,576 + 1 / 1024) = 6,967.5 GB.
    within(month.storedGb, 6967.5);
  });

  it('has objects that come later than what they are of only from their month on, and all of them in the end', () => {
    // 1,000,000 objects of 1 MiB a month are 976.56 GB, of which a quarter comes two months later. Of what comes in a month, half is stored on average of
    // it: of 976.56 GB, 0.75 × 0.5 in the first month, 0.75 × 1.5 in the second, and 0.75 × 2.5 + 0.25 × 0.5 = 2 in the third.
    const mix = mixOf({ sharesByDelay: [0.75, 0, 0.25] });
    for (const [index, times] of [0.375, 1.125, 2].entries())
      within(monthOf(index + 1, mix, rulesOf()).byClass.STANDARD.gbMonths, 976.56 * times);
    within(monthOf(3, mix, rulesOf()).storedGb, 976.56 * (0.75 * 3 + 0.25));
  });

  it('is written into Intelligent-Tiering without a move, where a rule would move it there', () => {
    const mix = mixOf({ writtenInto: 'INTELLIGENT_TIERING' });
    const month = monthOf(13, mix, moving({ days: 0, to: 'INTELLIGENT_TIERING' }));
    expect(month.transitions.INTELLIGENT_TIERING).to.equal(0);
    expect(month.byClass.STANDARD.gbMonths).to.equal(0);
    // All 12,500,000 objects are monitored; those of the last 30 days, 30 / 30.41667 × 1,000,000, are in the first tier.
    within(month.monitoredObjects, 12_500_000);
    within(month.byClass['INTELLIGENT_TIERING frequent'].objects, 986_301 - 1_000_000 * (0.5 / 30.41667));
    // Without such a rule the class is not chosen.
    expect(monthOf(13, mix, rulesOf()).monitoredObjects).to.equal(0);
  });

  it('has in each tier of Intelligent-Tiering the share that exp(-reads) says', () => {
    const mix = mixOf({ readsPerMonthByAge: () => 0.5 });
    const month = monthOf(13, mix, moving({ days: 0, to: 'INTELLIGENT_TIERING' }));
    // 12.5 million objects, less half a day of uploads in Standard: 1,000,000 × 0.5 / 30.41667 = 16,438.
    // In their first 30 days of tiering: 30 / 30.41667 million = 986,301; to day 90: 1,972,603; older: 12,500,000 − 16,438 − 2,958,904 = 9,524,658.
    // Unread for 30 days: exp(−0.5 × 30 / 30.41667) = 0.61068; for 90 days its third power, 0.22775.
    within(month.byClass['INTELLIGENT_TIERING frequent'].objects, 986_301 + (1 - 0.61068) * (1_972_603 + 9_524_658));
    within(
      month.byClass['INTELLIGENT_TIERING infrequent'].objects,
      0.61068 * 1_972_603 + (0.61068 - 0.22775) * 9_524_658,
    );
    within(month.byClass['INTELLIGENT_TIERING archive instant'].objects, 0.22775 * 9_524_658);
    within(month.monitoredObjects, 12_500_000 - 16_438);
    // Half a read an object and month, wherever it is.
    within(
      Object.values(month.reads).reduce((sum, reads) => sum + reads, 0),
      6_250_000,
    );
  });

  it('has reads on the day of the upload in Standard, which do not keep objects in the first tier', () => {
    const rules = moving({ days: 0, to: 'INTELLIGENT_TIERING' });
    const [read, unread] = [mixOf({ readsWhenNew: 2 }), mixOf()].map((mix) => monthOf(13, mix, rules));
    within(read?.reads.STANDARD ?? 0, 2_000_000);
    expect(read?.byClass).to.deep.equal(unread?.byClass);
  });

  it('reads nothing that has expired, so that it goes into colder tiers while it is kept', () => {
    const transitions = [{ days: 0, to: 'INTELLIGENT_TIERING' as const }];
    const mix = mixOf({ readsPerMonthByAge: () => 10 });
    const { byClass } = monthOf(13, mix, rulesOf({ transitions, expirationDays: 60, noncurrentDays: 100 }));
    // Expired on day 61 and kept to day 161, its last reads on day 60: infrequent from day 91 to day 150, archived on the 11 days after. On days before
    // them, exp(−10 / 30.41667 × k) are, k days early: the sum over k is 1 / (exp(0.32877) − 1) = 2.569 days, as many for both tiers.
    within(byClass['INTELLIGENT_TIERING infrequent'].objects, (60 / 30.41667) * 1_000_000);
    within(byClass['INTELLIGENT_TIERING archive instant'].objects, (13.569 / 30.41667) * 1_000_000);
  });

  it('does not monitor objects below 128 KiB in Intelligent-Tiering, which stay in its first tier', () => {
    const sizes = [{ meanBytes: 127 * KIB, share: 1 }];
    const rules = rulesOf({ largerThan: 0, transitions: [{ days: 0, to: 'INTELLIGENT_TIERING' }] });
    const month = monthOf(13, mixOf({ sizes }), rules);
    expect(month.monitoredObjects).to.equal(0);
    expect(month.byClass['INTELLIGENT_TIERING infrequent'].objects).to.equal(0);
    within(month.byClass['INTELLIGENT_TIERING frequent'].objects, 12_500_000 - 16_438);
  });

  it('bills small objects in infrequent access as 128 KiB', () => {
    const sizes = [{ meanBytes: 64 * KIB, share: 1 }];
    const rules = rulesOf({ largerThan: 0, transitions: [{ days: 30, to: 'STANDARD_IA' }] });
    const month = monthOf(13, mixOf({ sizes }), rules);
    // 12,500,000 − 1,002,740 in Standard = 11,497,260 objects; 128 KiB each are 11,497,260 / 8192 = 1403.5 GB, although they have half of that.
    within(month.byClass.STANDARD_IA.gbMonths, 1403.5);
    within(month.storedGb, 13_000_000 / 16_384);
  });

  it('bills the rest of the minimum days of what expires before them', () => {
    const transitions = [{ days: 30, to: 'STANDARD_IA' as const }];
    const month = monthOf(13, mixOf(), rulesOf({ transitions, expirationDays: 40 }));
    // A million objects expire after 10 of their 30 days there: 1,000,000 / 1024 GB × 20 / 30.41667 months = 642.1 GB-months.
    within(month.earlyDeletedGbMonths.STANDARD_IA, 642.1);
    within(month.byClass.STANDARD_IA.gbMonths, 642.1 / 2);
    within(month.expiredGb, 976.56);
  });

  it('bills the rest of the minimum days of small objects as 128 KiB', () => {
    const sizes = [{ meanBytes: 64 * KIB, share: 1 }];
    const transitions = [{ days: 30, to: 'STANDARD_IA' as const }];
    const month = monthOf(13, mixOf({ sizes }), rulesOf({ largerThan: 0, transitions, expirationDays: 40 }));
    // A million objects of 128 KiB, 1,000,000 / 8,192 GB, are billed for 20 days more: × 20 / 30.41667 = 80.27 GB-months.
    within(month.earlyDeletedGbMonths.STANDARD_IA, 80.27);
  });

  it('bills no rest of the minimum days of what stays for them as a noncurrent version', () => {
    const transitions = [{ days: 30, to: 'STANDARD_IA' as const }];
    const month = monthOf(13, mixOf(), rulesOf({ transitions, expirationDays: 40, noncurrentDays: 30 }));
    expect(month.earlyDeletedGbMonths.STANDARD_IA).to.equal(0);
    // From the midnight of the expiration to the end of the day after 30 days: 31 / 30.41667 × 1,000,000 / 1024 = 995.3 GB.
    within(month.noncurrentGbMonths, 995.3);
  });

  it('bills the rest of the minimum days of what a rule moves on before them', () => {
    const month = monthOf(13, mixOf(), moving({ days: 30, to: 'STANDARD_IA' }, { days: 45, to: 'GLACIER_IR' }));
    // 15 of 30 days are left: 1,000,000 / 1024 × 15 / 30.41667 = 481.6 GB-months.
    within(month.earlyDeletedGbMonths.STANDARD_IA, 481.6);
    within(month.transitions.GLACIER_IR, 1_000_000);
  });

  it('bills the rest of the minimum days of what users delete before them', () => {
    const mix = mixOf({ deletedShareByMonth: 0.1 });
    const month = monthOf(13, mix, moving({ days: 0, to: 'GLACIER_IR' }));
    // h = 1 − 0.9 ^ (1 / 30.41667) = 0.0034579 of the rest are deleted in the middle of each day. Of day k, 90.5 − k of the 90 days are left:
    // the sum over k = 1 to 90 of h (1 − h) ^ (k − 1) (90.5 − k) is 90.5 (1 − q) − (1 − q) / h + 90 q with q = (1 − h) ^ 90 = 0.73216,
    // 24.239 − 77.456 + 65.895 = 12.678 days for each object created: 1,000,000 / 1024 × 12.678 / 30.41667 = 407.04 GB-months.
    within(month.earlyDeletedGbMonths.GLACIER_IR, 407.04);
  });

  it('keeps what users delete for the days of noncurrent versions', () => {
    const mix = mixOf({ deletedShareByMonth: 0.01 });
    const [early, late] = [1, 24].map((month) => monthOf(month, mix, rulesOf({ noncurrentDays: 30 }))) as [
      StorageMonth,
      StorageMonth,
    ];
    // In the middle of month 24 there are the deletions of the 30.5 days before (the rest of their day, and 30 days), which are those around
    // the 23rd month. Of 1,000,000 × (1 − 0.99 ^ 23) = 206,383 a month, 206,383 × 30.5 / 30.41667 / 1024 = 202.1 GB.
    within(late.noncurrentGbMonths, 202.1);
    expect(early.deletedGb).to.equal(0);
    expect(late.deleteMarkers).to.be.greaterThan(late.noncurrentGbMonths * 1024);
  });

  it('keeps delete markers for ever if no rule removes them, and for a day more than their objects if one does', () => {
    const mix = mixOf({ deletedShareByMonth: 0.01 });
    const markers = (removesDeleteMarkers: boolean) =>
      storageMonths([mix], rulesOf({ noncurrentDays: 1, removesDeleteMarkers })).map(
        ({ deleteMarkers }) => deleteMarkers,
      );
    const [kept, removed] = [markers(false), markers(true)];
    // All objects ever created, 24 million, less those that are left: 1,000,000 × (1 − 0.99 ^ 24) / −ln(0.99) = 21.325 million. In the middle of
    // month 24, of 23.5 million 20.931 million are left: 2.569 million markers. With the rule, a day's deletions stay 3 days.
    expect(kept[23]).to.be.closeTo(2_569_000, 2_569_000 * 0.01);
    expect(removed[23]).to.be.closeTo((210_350 * 3) / 30.41667, 210);
  });

  it('keeps parts of abandoned uploads until they are aborted, or for ever', () => {
    const mix = mixOf({ perMonth: 0, abandonedUploads: { perMonth: 1000, meanBytes: 500 * MIB } });
    // 1000 × 500 MiB are 488.28 GB a month. Without a rule, 12.5 months of them are there in the middle of month 13: 6103.5 GB.
    within(monthOf(13, mix, rulesOf()).abandonedPartsGbMonths, 6103.5);
    // With a rule of 4 days each stays 4.5 days on average: 488.28 × 4.5 / 30.41667 = 72.24 GB.
    const aborted = monthOf(13, mix, rulesOf({ abortMultipartDays: 4 }));
    within(aborted.abandonedPartsGbMonths, 72.24);
    within(aborted.byClass.STANDARD.gbMonths, 72.24);
    within(aborted.expiredGb, 488.28);
  });

  it('moves nothing on the day on which it expires for good', () => {
    const transitions = [{ days: 30, to: 'STANDARD_IA' as const }];
    const month = monthOf(13, mixOf(), rulesOf({ transitions, expirationDays: 30 }));
    expect(month.transitions.STANDARD_IA).to.equal(0);
    within(month.expiredGb, 976.56);
  });

  it('moves on the day on which it would expire what stays as a noncurrent version, and expires it a day later', () => {
    const transitions = [{ days: 30, to: 'STANDARD_IA' as const }];
    const month = monthOf(13, mixOf(), rulesOf({ transitions, expirationDays: 30, noncurrentDays: 9 }));
    within(month.transitions.STANDARD_IA, 1_000_000);
    // A day as current and 10 as noncurrent objects are 11 / 30.41667 × 976.56 GB; the other 19 of 30 days are billed too.
    within(month.byClass.STANDARD_IA.gbMonths, 353.2);
    within(month.earlyDeletedGbMonths.STANDARD_IA, 610);
  });

  it('takes of several moves on one day Intelligent-Tiering first, and Glacier before infrequent access', () => {
    const moved = (...classes: TransitionClass[]) => {
      const { transitions } = monthOf(13, mixOf(), moving(...classes.map((to) => ({ days: 40, to }))));
      return Object.entries(transitions).flatMap(([to, count]) => (count > 0 ? [to] : []));
    };
    expect(moved('STANDARD_IA', 'GLACIER_IR', 'INTELLIGENT_TIERING')).to.deep.equal(['INTELLIGENT_TIERING']);
    expect(moved('STANDARD_IA', 'GLACIER_IR')).to.deep.equal(['GLACIER_IR']);
  });

  it('leaves out moves that S3 does not support', () => {
    const month = monthOf(13, mixOf(), moving({ days: 0, to: 'INTELLIGENT_TIERING' }, { days: 30, to: 'STANDARD_IA' }));
    expect([month.transitions.INTELLIGENT_TIERING > 0, month.transitions.STANDARD_IA]).to.deep.equal([true, 0]);
  });
});
