import { irremovable } from './irremovable.ts';

/** Steps after which others have their turn. A step takes 0.5 µs at most (measured), so that they wait for some ten milliseconds. */
const STEPS_AT_ONCE = 16_384;

/** Bytes that are passed on, erased or decoded in the time of a step: the shortest codes of a GIF take 50 ns a byte, all else 15 (measured). */
const BYTES_PER_STEP = 32;

/** Parts that a file may have however small they are: an animation of so many frames lasts for a quarter of an hour. More must be large. */
const MOST_SMALL_PARTS = 20_000;
const SMALL_PART_BYTES = 64;

/**
 * What it takes to remove the metadata of one file. All of it happens where requests are answered, so that a file of nothing but tiny parts
 * must neither keep the others waiting nor take much longer than an ordinary one of its length.
 */
export interface Work {
  /** Counts something that is done, and the bytes that it is done to. */
  spend(steps: number, bytes?: number): void;
  /** Whether others are to have their turn now. It begins anew when it has said so. */
  mustPause(): boolean;
  /** Counts parts of a file, such as segments, chunks, frames or fields, of which it has so many bytes up to here. Refuses it if they are too small. */
  countParts(bytes: number, parts?: number): void;
}

export function openWork(): Work {
  let steps = 0;
  let parts = 0;
  return {
    spend(more, bytes = 0) {
      steps += more + bytes / BYTES_PER_STEP;
    },
    mustPause() {
      const isDue = steps >= STEPS_AT_ONCE;
      if (isDue) steps = 0;
      return isDue;
    },
    countParts(bytes, more = 1) {
      parts += more;
      if (parts > MOST_SMALL_PARTS + bytes / SMALL_PART_BYTES)
        throw irremovable(
          `it has more than ${MOST_SMALL_PARTS} parts that have less than ${SMALL_PART_BYTES} bytes on average`,
        );
    },
  };
}
