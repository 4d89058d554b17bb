import { setTimeout as sleep } from 'node:timers/promises';

/** The clock of code that waits or forgets, passed in so that a test can advance it. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; they never go back. */
  now(): number;
  /** Resolves after so many milliseconds and keeps no process alive; rejects when the signal aborts. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** By how much pauses differ, as a share of them, so that processes that began together do not all ask at the same time. */
const JITTER = 0.2;

/** About so many milliseconds. */
export const jittered = (milliseconds: number): number => milliseconds * (1 + JITTER * (2 * Math.random() - 1));

/** The clock of the machine. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { ref: false, ...(signal && { signal }) }),
};
