/** Codes have 12 bits at most (GIF89a specification, appendix F). */
const MOST_BITS = 12;
const TABLE_SIZE = 1 << MOST_BITS;

/** Follows the data of a frame, to know where its pixels end. */
export interface CodeReader {
  /** Takes a block of data; answers how many of its bytes decoders read, or undefined where they would find no sense in them. */
  take(block: Buffer): number | undefined;
  /** Whether all pixels have come, or the code that ends them. */
  isComplete(): boolean;
}

/** Reads the codes of so many pixels, of which it needs to know only how many each stands for. */
export function openCodeReader(codeSize: number, pixels: number): CodeReader {
  const lengths = new Uint32Array(TABLE_SIZE).fill(1);
  const clear = 1 << codeSize;
  let [next, width, previous, come] = [clear + 2, codeSize + 1, -1, 0];
  let [bits, held] = [0, 0];
  let hasEnded = false;

  /** Counts the pixels of a code; answers whether it makes sense. */
  const follow = (code: number): boolean => {
    if (code > next || (code === next && previous < 0)) return false;
    if (previous >= 0 && next < TABLE_SIZE) {
      lengths[next] = (lengths[previous] as number) + 1;
      next += 1;
      if (next === 1 << width && width < MOST_BITS) width += 1;
    }
    come += lengths[code] as number;
    previous = code;
    return true;
  };
  return {
    isComplete: () => hasEnded || come >= pixels,
    take(block) {
      for (let at = 0; at < block.length; at += 1) {
        if (hasEnded) return at;
        bits |= (block[at] as number) << held;
        held += 8;
        while (held >= width && !hasEnded) {
          const code = bits & ((1 << width) - 1);
          bits >>>= width;
          held -= width;
          if (code === clear) [next, width, previous] = [clear + 2, codeSize + 1, -1];
          else if (code === clear + 1 || come >= pixels) hasEnded = true;
          else if (!follow(code)) return undefined;
        }
      }
      return block.length;
    },
  };
}
