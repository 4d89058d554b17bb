import { type TicksPerSecond, toSeconds } from './ticks.ts';

/** How many messages waited how long, to the tick. */
export interface WaitCounts {
  /** A negative count takes back what was added before. */
  add(ticks: number, count?: number): void;
  total(): number;
  /** The seconds that a share of the messages, 0 to 1, waited at most; 0 without messages. */
  quantile(share: number): number;
}

/** Counts waits of 0 to `ticks`. */
export function createWaitCounts(ticks: number, ticksPerSecond: TicksPerSecond): WaitCounts {
  const counts = new Uint32Array(ticks + 1);
  let total = 0;
  return {
    add(waited, count = 1) {
      counts[waited] = (counts[waited] as number) + count;
      total += count;
    },
    total: () => total,
    quantile(share) {
      let left = Math.max(1, Math.ceil(share * total));
      const found = counts.findIndex((count) => {
        left -= count;
        return left <= 0;
      });
      return toSeconds(Math.max(0, found), ticksPerSecond);
    },
  };
}
