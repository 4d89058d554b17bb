import { actsOnDay, expiresOnDay } from './endings.ts';
import { tierShares } from './intelligent-tiering.ts';
import type { ObjectRules } from './lifecycle-rules.ts';
import { SMALLEST_TIERED_BYTES, type StorageClass, type TransitionClass } from './storage-classes.ts';

/** The time of an object in one class. */
export interface Stay {
  /** The day of the object's life at whose beginning it came. */
  since: number;
  in: 'STANDARD' | TransitionClass;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html (read 2026-11-30) */
const MAY_MOVE_TO: Record<Stay['in'], readonly TransitionClass[]> = {
  STANDARD: ['INTELLIGENT_TIERING', 'STANDARD_IA', 'GLACIER_IR'],
  STANDARD_IA: ['INTELLIGENT_TIERING', 'GLACIER_IR'],
  INTELLIGENT_TIERING: ['GLACIER_IR'],
  GLACIER_IR: [],
};

/** Where an object is in its life by its rules; `writtenInto` is chosen at the upload for what a rule would move there. S3 does one thing with an object on a day, and leaves out moves that it does not support. */
export function staysOf(rules: ObjectRules, writtenInto: Stay['in'] = 'STANDARD'): Stay[] {
  const isChosen = rules.transitions.some(({ to }) => to === writtenInto);
  let stay: Stay = { since: 0, in: isChosen ? writtenInto : 'STANDARD' };
  const stays = [stay];
  for (const { days, to } of rules.transitions) {
    const since = actsOnDay(days);
    if (since >= expiresOnDay(rules) || since === stay.since || !MAY_MOVE_TO[stay.in].includes(to)) continue;
    stay = { since, in: to };
    stays.push(stay);
  }
  return stays;
}

export const stayOn = (stays: readonly Stay[], day: number): Stay =>
  stays.findLast(({ since }) => since <= day) ?? { since: 0, in: 'STANDARD' };

interface Reading {
  bytes: number;
  /** Expected reads of an object from its creation to the beginning of each day of its life. */
  reads: readonly number[];
}

/** The share of objects in each class of a stay on a day. Objects that ended on a day are not read after it, and stay where they are. */
export function sharesByClass(stay: Stay, { bytes, reads }: Reading, [day, endedOn]: [number, number]) {
  const shares = (): [StorageClass, number][] => {
    if (stay.in !== 'INTELLIGENT_TIERING') return [[stay.in, 1]];
    // Small objects are not monitored, and stay in the first tier.
    if (bytes < SMALLEST_TIERED_BYTES) return [['INTELLIGENT_TIERING frequent', 1]];
    return tierShares({ day, since: stay.since, readsUntil: (until) => reads[Math.min(until, endedOn)] ?? 0 });
  };
  return shares();
}
