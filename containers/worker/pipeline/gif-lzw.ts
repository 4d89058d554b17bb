/** Codes have 12 bits at most (GIF89a specification, appendix F). */
const MOST_CODES = 4096;

/** Strings of the table: what each begins with, ends with, and how long it is. Of the whole process, which decodes one frame at a time. */
const prefixes = new Uint16Array(MOST_CODES);
const suffixes = new Uint8Array(MOST_CODES);
const lengths = new Uint32Array(MOST_CODES);

/** Decodes the data of a frame into as many indexes as there is room for. Tells how many there were before the data ended, or made no sense. */
export function decodeLzw(data: Uint8Array, codeSize: number, into: Uint8Array): number {
  if (codeSize < 1 || codeSize > 11) return 0;
  const clear = 1 << codeSize;
  for (let code = 0; code < clear; code += 1) {
    suffixes[code] = code;
    lengths[code] = 1;
  }
  let [next, width, previous, written] = [clear + 2, codeSize + 1, -1, 0];
  let [at, bits, held] = [0, 0, 0];
  while (written < into.length) {
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
      // A code that is not there yet is the previous string and its own first index.
      const isNew = code === next;
      const known = isNew ? previous : code;
      const length = (lengths[known] as number) + (isNew ? 1 : 0);
      const first = writeString(known, into, { at: written, length: lengths[known] as number });
      if (isNew && written + length <= into.length) into[written + length - 1] = first;
      written = Math.min(into.length, written + length);
      if (previous >= 0 && next < MOST_CODES) {
        prefixes[next] = previous;
        suffixes[next] = first;
        lengths[next] = (lengths[previous] as number) + 1;
        next += 1;
        if (next === 1 << width && width < 12) width += 1;
      }
      previous = code;
    }
  }
  return written;
}

/** Writes a string from its end, and tells its first index. */
function writeString(code: number, into: Uint8Array, { at, length }: { at: number; length: number }): number {
  let string = code;
  for (let place = at + length - 1; place > at; place -= 1) {
    if (place < into.length) into[place] = suffixes[string] as number;
    string = prefixes[string] as number;
  }
  const first = suffixes[string] as number;
  if (at < into.length) into[at] = first;
  return first;
}
