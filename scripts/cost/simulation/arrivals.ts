import { LARGE_MEAN, largePoisson } from './poisson.ts';
import type { Random } from './random-streams.ts';
import type { TicksPerSecond } from './ticks.ts';

/** Messages a second, by the second of the simulation. */
export type ArrivalRate = (second: number) => number;

/**
 * Returns the number of messages that arrive in the next tick: a Poisson process, whose rate may change every second. Few are drawn one by one, by
 * the time between them; of many only their number is drawn.
 */
export function arrivalsOf(
  rate: ArrivalRate,
  ticksPerSecond: TicksPerSecond,
  random: Random,
): (second: number) => number {
  const untilNext = (): number => -Math.log(1 - random());
  let due = untilNext();
  return (second) => {
    const mean = rate(second) / ticksPerSecond;
    if (mean >= LARGE_MEAN) return largePoisson(mean, random);
    let count = 0;
    due -= mean;
    while (due < 0) {
      count += 1;
      due += untilNext();
    }
    return count;
  };
}
