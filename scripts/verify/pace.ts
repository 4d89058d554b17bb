import { setTimeout as sleep } from 'node:timers/promises';

interface Clock {
  /** Milliseconds. */
  now?(): number;
  wait?(ms: number): Promise<unknown>;
}

/** Lets so much through in a second, and has whoever comes with more wait. */
export class Pace {
  readonly #perMs: number;
  readonly #now: () => number;
  readonly #wait: (ms: number) => Promise<unknown>;
  #free = 0;

  constructor(perSecond: number, { now, wait }: Clock = {}) {
    this.#perMs = perSecond / 1000;
    this.#now = now ?? (() => performance.now());
    this.#wait = wait ?? sleep;
  }

  /** Resolves when so much may be had: after the time that all before it take. */
  async take(amount: number): Promise<void> {
    const now = this.#now();
    const from = Math.max(this.#free, now);
    this.#free = from + amount / this.#perMs;
    if (from > now) await this.#wait(from - now);
  }
}
