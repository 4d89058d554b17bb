/** Pseudo-random choices, which depend on seed and case only. */
export interface Choices {
  /** A whole number, both ends included. */
  whole(least: number, most: number): number;
  /** True with a probability from 0 to 1. */
  chance(share: number): boolean;
  of<Item>(items: readonly Item[]): Item;
  bytes(count: number): Buffer;
}

/** The choices of one case of a run. The generator is Mulberry32, which has no patterns in the bits that are used here. */
export function choicesOf(seed: number, index: number): Choices {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    whole,
    chance: (share) => next() < share,
    of<Item>(items: readonly Item[]): Item {
      if (items.length === 0) throw new Error('there is nothing to choose from');
      return items[whole(0, items.length - 1)] as Item;
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => whole(0, 255))),
  };
}
