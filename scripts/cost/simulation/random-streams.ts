import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A number of at least 0 and below 1. */
export type Random = () => number;

/** What happens by chance, each with numbers of its own: a change of one, such as more interruptions, leaves the others as they were. */
export interface RandomStreams {
  arrivals: Random;
  services: Random;
  capacity: Random;
  /** Which process has which message. */
  dealing: Random;
}

/** Independent streams of one seed, an integer: they are 2^64 numbers apart. */
export function randomStreams(seed: number): RandomStreams {
  const generator = xoroshiro128plus(seed);
  const next = (): Random => {
    const own = generator.clone();
    generator.jump();
    return () => (own.next() >>> 0) / 2 ** 32;
  };
  return { arrivals: next(), services: next(), capacity: next(), dealing: next() };
}
