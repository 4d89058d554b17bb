import type { GifData } from './read-gif.ts';

/** Codes have 12 bits at most (GIF89a specification, appendix F). */
const MOST_CODES = 4096;

/** Strings of the table: what each begins with, ends with, and how long it is. Of the whole process, which decodes one frame at a time. */
const prefixes = new Uint16Array(MOST_CODES);
const suffixes = new Uint8Array(MOST_CODES);
const firsts = new Uint8Array(MOST_CODES);
const lengths = new Uint32Array(MOST_CODES);

/** Rows of indexes, of each of which the first ones have a place. */
export interface IndexRows {
  width: number;
  kept: number;
  /** So many for each row. */
  indexes: Uint8Array;
}

/**
 * Decodes the data of a frame up to so many indexes, and writes those that have a place. Tells how many there were before the data ended, or
 * made no sense: what is not written costs time by the code and not by the index.
 */
export function decodeLzw({ data, codeSize }: GifData, most: number, into?: IndexRows): number {
  if (codeSize < 1 || codeSize > 11) return 0;
  const clear = 1 << codeSize;
  for (let code = 0; code < clear; code += 1) {
    suffixes[code] = code;
    firsts[code] = code;
    lengths[code] = 1;
  }
  let [next, width, previous, written] = [clear + 2, codeSize + 1, -1, 0];
  let [at, bits, held] = [0, 0, 0];
  while (written < most) {
    while (held < width) {
      if (at >= data.length) return written;
      bits |= (data[at] as number) << held;
      at += 1;
      held += 8;
    }
    const code = bits & ((1 << width) - 1);
    bits >>>= width;
    held -= width;
    if (code === clear) [next, width, previous] = [clear + 2, codeSize + 1, -1];
    else if (code === clear + 1 || code > next || (code === next && previous < 0)) return written;
    else {
      if (previous >= 0 && next < MOST_CODES) {
        prefixes[next] = previous;
        // A code that is not there yet is the previous string and its own first index.
        suffixes[next] = firsts[code === next ? previous : code] as number;
        firsts[next] = firsts[previous] as number;
        lengths[next] = (lengths[previous] as number) + 1;
        next += 1;
        if (next === 1 << width && width < 12) width += 1;
      }
      if (into) writeString(code, written, into);
      written = Math.min(most, written + (lengths[code] as number));
      previous = code;
    }
  }
  return written;
}

/** Writes a string from its end, as far as there is a place for it. */
function writeString(code: number, from: number, { width, kept, indexes }: IndexRows): void {
  const last = from + (lengths[code] as number) - 1;
  let string = code;
  let [row, x] = [0, last];
  if (kept < width) {
    row = Math.floor(last / width);
    x = last - row * width;
    // All of it lies behind what is kept of its row.
    if (x - (last - from) >= kept) return;
  }
  for (let place = last; place >= from; place -= 1) {
    // Indexes after the last row are dropped.
    if (x < kept || kept === width) indexes[row * kept + x] = suffixes[string] as number;
    string = prefixes[string] as number;
    if (x === 0) {
      row -= 1;
      x = width;
    }
    x -= 1;
  }
}
