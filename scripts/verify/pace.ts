import { setTimeout as sleep } from 'node:timers/promises';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';

/** Unlike others who wait, this keeps the process alive: it has nothing else to do. */
const PACING: Clock = { ...CLOCK, pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }) };

/** Lets so much through in a second, and has whoever comes with more wait. */
export class Pace {
  readonly #perMs: number;
  readonly #clock: Clock;
  #free = 0;

  constructor(perSecond: number, clock: Clock = PACING) {
    this.#perMs = perSecond / 1000;
    this.#clock = clock;
  }

  /** Resolves when so much may be had: after the time that all before it take. */
  async take(amount: number): Promise<void> {
    const now = this.#clock.now();
    const from = Math.max(this.#free, now);
    this.#free = from + amount / this.#perMs;
    if (from > now) await this.#clock.pause(from - now);
  }
}
