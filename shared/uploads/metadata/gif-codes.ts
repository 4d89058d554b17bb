/** Codes have 12 bits at most (GIF89a specification, appendix F). */
const MOST_BITS = 12;
const TABLE_SIZE = 1 << MOST_BITS;

/** Follows the data of a frame, to know where its pixels end. */
export interface CodeReader {
  /** Takes the data from `start` to `end`; answers where decoders cease to read, or undefined where they would find no sense in them. */
  take(bytes: Buffer, start: number, end: number): number | undefined;
  /** Whether all pixels have come, or the code that ends them. */
  isComplete(): boolean;
}

/** Room for how many pixels each code stands for, which frames use one after the other. */
export const codeTable = (): Uint32Array => new Uint32Array(TABLE_SIZE);

/** Reads the codes of so many pixels, of which it needs to know only how many each stands for. */
export function openCodeReader(lengths: Uint32Array, codeSize: number, pixels: number): CodeReader {
  const clear = 1 << codeSize;
  lengths.fill(1, 0, clear + 2);
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
    take(bytes, start, end) {
      for (let at = start; at < end; at += 1) {
        if (hasEnded) return at;
        bits |= (bytes[at] as number) << held;
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
      return end;
    },
  };
}
