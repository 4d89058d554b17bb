/** Seconds. Nobody who watches something that takes long is told of its end later than that. */
const LONGEST = 30;

/**
 * Seconds after which it makes sense to ask again for work that has been under way since a time (epoch, milliseconds): a quarter of what it has taken
 * so far. What is done within moments is asked for each second, and what takes minutes not so often.
 */
export const retryAfterSeconds = (since: number, now = Date.now()): number =>
  Math.min(Math.max(1, Math.ceil((now - since) / 4000)), LONGEST);
