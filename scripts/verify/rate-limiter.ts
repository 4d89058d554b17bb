import { setTimeout as sleep } from 'node:timers/promises';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';

/** Unlike CLOCK this keeps the process alive while it pauses, because the command has nothing else to do. */
const PACING: Clock = { ...CLOCK, pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }) };

/** Limits a rate to an amount per second, and makes callers wait beyond that. */
export class RateLimiter {
  readonly #perMs: number;
  readonly #clock: Clock;
  #free = 0;

  constructor(perSecond: number, clock: Clock = PACING) {
    this.#perMs = perSecond / 1000;
    this.#clock = clock;
  }

  /** Resolves when the amount is available, after all earlier callers. */
  async take(amount: number): Promise<void> {
    const now = this.#clock.now();
    const from = Math.max(this.#free, now);
    this.#free = from + amount / this.#perMs;
    if (from > now) await this.#clock.pause(from - now);
  }
}
