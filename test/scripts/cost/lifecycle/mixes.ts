import type { LifecycleRule, LifecycleRules, Transition } from '../../../../scripts/cost/lifecycle/lifecycle-rules.ts';
import type { ObjectMix } from '../../../../scripts/cost/lifecycle/storage-months.ts';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** A million objects of 1 MiB a month that nobody reads or deletes, with changes. */
export const mixOf = (changes: Partial<ObjectMix> = {}): ObjectMix => ({
  ...{ prefix: 'originals/', perMonth: 1_000_000, sizes: [{ meanBytes: MIB, share: 1 }] },
  ...{ readsPerMonthByAge: () => 0, deletedShareByMonth: 0 },
  ...changes,
});

/** One rule for everything, in a bucket without versions if it says nothing of them. */
export const rulesOf = (rule: Partial<LifecycleRule> & { versioned?: boolean } = {}): LifecycleRules => ({
  versioned: rule.versioned ?? rule.noncurrentDays !== undefined,
  rules: [{ id: 'rule', prefix: '', transitions: [], removesDeleteMarkers: false, ...rule }],
});

/** A rule that moves objects of all sizes. */
export const moving = (...transitions: Transition[]): LifecycleRules => rulesOf({ transitions });
