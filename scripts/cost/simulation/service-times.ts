import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import type { Random } from './random-streams.ts';
import { type TicksPerSecond, toTicks } from './ticks.ts';

/** Messages of a kind: their share of all, 0 to 1, and the mean time that a process works on one. */
export interface MessageKind {
  share: number;
  seconds: number;
}

/** Draws the ticks that processes work on so many messages, and tells how many messages have each. */
export type ServiceTimes = (messages: number, each: (ticks: number, count: number) => void) => void;

/** A power of two, so that half of the quantiles is a bit of a random number. */
const QUANTILES = 4096;

/** The longest time that a process may take for a message. */
export const longestServiceTicks = (ticksPerSecond: TicksPerSecond): number =>
  toTicks(QUEUE_TIMING.messageTimeoutSeconds, ticksPerSecond);

/** Up to so many messages are drawn one by one, and more by halves. */
const FEW = 16;

interface Distribution {
  kinds: readonly MessageKind[];
  /** How different messages of a kind are: the shape of a Weibull distribution. */
  shape: number;
  ticksPerSecond: TicksPerSecond;
}

/**
 * Draws how long processes work on messages. The times of each kind have a Weibull distribution, whose shape says how different messages are:
 * with 1 it is the exponential distribution, with less a few messages take very long, and the larger it is, the more equal they are. 4,096
 * quantiles of all kinds together are computed once; their mean is that of the kinds to a tick in 4,096 messages.
 *
 * Of many messages only the number that falls into each half of the quantiles is drawn, then into the halves of each half, until all of a
 * part have the same ticks. That is the same distribution as that of so many single draws.
 */
export function serviceTimes(distribution: Distribution, random: Random): ServiceTimes {
  const ticks = quantilesOf(distribution);
  const different = [...new Set(ticks)];
  const counts = new Uint32Array(longestServiceTicks(distribution.ticksPerSecond) + 1);
  const drawn = (from: number, to: number): number => ticks[from + ((random() * (to - from)) | 0)] as number;

  function count(messages: number, from: number, to: number): void {
    const [least, most] = [ticks[from] as number, ticks[to - 1] as number];
    if (least === most) counts[least] = (counts[least] as number) + messages;
    else if (messages <= FEW)
      for (let left = messages; left > 0; left -= 1) {
        const own = drawn(from, to);
        counts[own] = (counts[own] as number) + 1;
      }
    else {
      const middle = (from + to) / 2;
      const lower = halfOf(messages, random);
      count(lower, from, middle);
      count(messages - lower, middle, to);
    }
  }

  return (messages, each) => {
    if (messages <= FEW) for (let left = messages; left > 0; left -= 1) each(drawn(0, QUANTILES), 1);
    else {
      count(messages, 0, QUANTILES);
      for (const own of different) {
        if (counts[own]) each(own, counts[own] as number);
        counts[own] = 0;
      }
    }
  };
}

/** The ticks of each quantile, in ascending order. */
function quantilesOf({ kinds, shape, ticksPerSecond }: Distribution): Uint16Array {
  const ends = kinds.map((_, index) => kinds.slice(0, index + 1).reduce((sum, { share }) => sum + share, 0));
  const total = ends.at(-1) ?? 1;
  const counts = ends.map(
    (end, index) => Math.round((end / total) * QUANTILES) - Math.round(((ends[index - 1] ?? 0) / total) * QUANTILES),
  );
  const longest = longestServiceTicks(ticksPerSecond);
  const ticks = kinds.flatMap(({ seconds }, index) =>
    quantilesOfKind(counts[index] ?? 0, seconds * ticksPerSecond, { shape, longest }),
  );
  return Uint16Array.from(ticks).sort();
}

function quantilesOfKind(
  count: number,
  meanTicks: number,
  { shape, longest }: { shape: number; longest: number },
): number[] {
  const relative = Array.from({ length: count }, (_, index) => (-Math.log(1 - (index + 0.5) / count)) ** (1 / shape));
  const mean = relative.reduce((sum, value) => sum + value, 0) / count;
  let exact = 0;
  let given = 0;
  return relative.map((value) => {
    exact += meanTicks * (value / mean);
    const own = Math.min(longest, Math.max(1, Math.round(exact - given)));
    given += own;
    return own;
  });
}

/** How many of some messages are in one of two equal halves: the ones among as many random bits. */
function halfOf(messages: number, random: Random): number {
  let count = 0;
  for (let left = messages; left > 0; left -= 32) {
    const bits = (random() * 2 ** 32) >>> 0;
    count += ones(left >= 32 ? bits : bits & (2 ** left - 1));
  }
  return count;
}

/** The number of bits of a 32-bit integer that are 1. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
