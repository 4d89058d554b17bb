/** Seconds. A client that waits for long work learns of its end after this time at the latest. */
const LONGEST = 30;

/**
 * Seconds after which it makes sense to ask again about work that began at `since` (epoch, milliseconds): a quarter of the time that it has taken
 * so far. Clients ask every second about short work, and less often about work that takes minutes.
 */
export const retryAfterSeconds = (since: number, now = Date.now()): number =>
  Math.min(Math.max(1, Math.ceil((now - since) / 4000)), LONGEST);
