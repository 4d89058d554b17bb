import { epochSeconds } from './image-table.ts';

/** Seconds for which a claim lasts unless it is renewed: the longest that a retry waits after the service was killed. */
export const CLAIM_SECONDS = 30;

/** Seconds by which the clocks of two machines may differ. */
const CLOCKS_DIFFER_SECONDS = 300;

/** The latest time until which a claim can be held. A later one was written by a clock that has been set back since. */
const latestClaimExpiry = (now = epochSeconds()): number => now + CLAIM_SECONDS + CLOCKS_DIFFER_SECONDS;

/** Whether a live process may hold a claim. */
export const isClaimHeld = (claimedUntil: unknown, now = epochSeconds()): boolean =>
  Number(claimedUntil) >= now && Number(claimedUntil) <= latestClaimExpiry(now);

/** The condition that a claim has lapsed: its holder died, or had another clock. */
export const LAPSED = '(claimedUntil < :now OR claimedUntil > :latest OR attribute_not_exists(claimedUntil))';

/** The values of that condition. */
export const lapsedNow = () => ({ ':now': epochSeconds(), ':latest': latestClaimExpiry() });
