import { setTimeout as sleep } from 'node:timers/promises';

/** The clock of code that waits or forgets, passed in so that a test can advance it. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; they never go back. */
  now(): number;
  /** Resolves after so many milliseconds and keeps no process alive; rejects when the signal aborts. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { ref: false, ...(signal && { signal }) }),
};
