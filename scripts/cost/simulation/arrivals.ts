import type { Random } from './random-streams.ts';
import { TICKS_PER_SECOND } from './ticks.ts';

/** Messages a second, by the second of the simulation. */
export type ArrivalRate = (second: number) => number;

/** Returns the number of messages that arrive in the next tick: a Poisson process, whose rate may change every second. */
export function arrivalsOf(rate: ArrivalRate, random: Random): (second: number) => number {
  const untilNext = (): number => -Math.log(1 - random());
  let due = untilNext();
  return (second) => {
    let count = 0;
    due -= rate(second) / TICKS_PER_SECOND;
    while (due < 0) {
      count += 1;
      due += untilNext();
    }
    return count;
  };
}
