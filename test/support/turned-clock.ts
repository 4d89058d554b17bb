import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Clock } from '../../shared/runtime/clock.ts';
import { eventually } from './eventually.ts';

/** A clock that stands still until the test advances it, so that results do not depend on real time. */
export interface TurnedClock extends Clock {
  /** The number of pauses that wait for the clock. */
  waiting(): number;
  /** Resolves when the given number of pauses wait, so that the work between two pauses is done. */
  waited(count?: number): Promise<void>;
  /** Advances the clock by milliseconds. Pauses end in order, and a pause that follows at once begins at that moment. */
  turn(milliseconds: number): Promise<void>;
}

export function turnedClock(): TurnedClock {
  const pauses = new Set<{ until: number; end(): void }>();
  // Begins above 0, which lru-cache takes for no time.
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
