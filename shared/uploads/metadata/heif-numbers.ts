import { type Box, boxesOf } from './heif-boxes.ts';
import { irremovable } from './irremovable.ts';

/** Reads numbers one after the other, up to the end of a box. */
function openNumbers(bytes: Buffer, { start, end }: Box) {
  let at = start;
  const skip = (length: number) => {
    at += length;
    if (at > end) throw irremovable('one of its boxes is damaged');
  };
  return {
    skip,
    /** A number of up to four bytes. */
    take(length: number): number {
      skip(length);
      return bytes.readUIntBE(at - length, length);
    },
    at: () => at,
  };
}

type Numbers = ReturnType<typeof openNumbers>;

/** Goes along the numbers of a box from its version on (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 9.3). */
const FORMS: Readonly<Record<string, (numbers: Numbers) => void>> = {
  pitm(numbers) {
    const version = numbers.take(1);
    numbers.skip(3 + (version === 0 ? 2 : 4));
  },
  iloc(numbers) {
    const version = numbers.take(1);
    numbers.skip(3);
    const [ends, bases] = [numbers.take(1), numbers.take(1)];
    const indexBytes = version === 0 ? 0 : bases & 15;
    const extentBytes = (ends >> 4) + (ends & 15) + indexBytes;
    const idBytes = version < 2 ? 2 : 4;
    const ids = new Set<number>();
    for (let left = numbers.take(idBytes); left > 0; left -= 1) {
      const id = numbers.take(idBytes);
      // One of the two would be that of another item.
      if (ids.has(id)) throw irremovable('it says twice where an item is');
      ids.add(id);
      numbers.skip((version === 0 ? 0 : 2) + 2 + (bases >> 4));
      numbers.skip(numbers.take(2) * extentBytes);
    }
  },
  ipma(numbers) {
    const version = numbers.take(1);
    const flags = numbers.take(3);
    for (let left = numbers.take(4); left > 0; left -= 1) {
      numbers.skip(version === 0 ? 2 : 4);
      numbers.skip(numbers.take(1) * ((flags & 1) === 1 ? 2 : 1));
    }
  },
};

/** Erases, in place, what stands behind the numbers of `pitm`, `iloc` or `ipma`. */
export function keepNumbers(bytes: Buffer, box: Box): void {
  const numbers = openNumbers(bytes, box);
  FORMS[box.type]?.(numbers);
  bytes.fill(0, numbers.at(), box.end);
}

/** Erases, in place, what stands behind the ids of each reference. */
export function keepReferences(bytes: Buffer, box: Box): void {
  const idBytes = bytes[box.start] === 0 ? 2 : 4;
  for (const each of boxesOf(bytes, { start: box.start + 4, end: box.end })) {
    const numbers = openNumbers(bytes, each);
    numbers.skip(idBytes);
    numbers.skip(numbers.take(2) * idBytes);
    bytes.fill(0, numbers.at(), each.end);
  }
}

/** Erases, in place, what stands behind the ids of each group. */
export function keepGroups(bytes: Buffer, box: Box): void {
  for (const each of boxesOf(bytes, box)) {
    const numbers = openNumbers(bytes, each);
    numbers.skip(8);
    numbers.skip(numbers.take(4) * 4);
    bytes.fill(0, numbers.at(), each.end);
  }
}
