import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Clock } from '../../shared/runtime/clock.ts';
import { eventually } from './eventually.ts';

/** A clock that stands until the test turns it, so that no result depends on how long anything takes. */
export interface TurnedClock extends Clock {
  /** How many wait for it. */
  waiting(): number;
  /** Resolves when so many wait for it, and with that are done with what they do between two pauses. */
  waited(count?: number): Promise<void>;
  /** Lets so many milliseconds pass. Pauses end in their order; those that follow at once are begun at the moment at which they are. */
  turn(milliseconds: number): Promise<void>;
}

export function turnedClock(): TurnedClock {
  const pauses = new Set<{ until: number; end(): void }>();
  // Not nothing, which lru-cache takes for no time at all.
  let now = 1_000;
  const nextUntil = (end: number) =>
    [...pauses].filter(({ until }) => until <= end).sort((one, other) => one.until - other.until)[0];

  return {
    now: () => now,
    pause(milliseconds, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const pause = { until: now + milliseconds, end: resolve };
      pauses.add(pause);
      signal?.addEventListener('abort', () => {
        pauses.delete(pause);
        reject(signal.reason);
      });
      return promise;
    },
    waiting: () => pauses.size,
    waited: async (count = 1) => {
      await eventually(`${count} wait for the clock`, () => pauses.size >= count);
    },
    async turn(milliseconds) {
      const end = now + milliseconds;
      for (let pause = nextUntil(end); pause; pause = nextUntil(end)) {
        pauses.delete(pause);
        now = Math.max(now, pause.until);
        pause.end();
        await turnOfTheLoop();
      }
      now = end;
    },
  };
}
