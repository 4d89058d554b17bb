import { setTimeout as sleep } from 'node:timers/promises';

/** Time for what waits or forgets, given to it so that a test can turn it. */
export interface Clock {
  /** Milliseconds since a moment of no meaning; they never go back. */
  now(): number;
  /** Resolves after so many milliseconds and keeps no process alive; rejects when the signal aborts. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { ref: false, ...(signal && { signal }) }),
};
