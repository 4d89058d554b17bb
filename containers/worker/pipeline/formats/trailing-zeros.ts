import type { FileWindow } from './file-window.ts';

/** Whole data may end in fewer zeros than this. Broken downloads leave whole blocks of a disk. */
const FEWEST = 512;

/** Bytes that are read at a time, from the end. */
const READ_BYTES = 32 * 1024;

/** The offset of the zeros at the end of a file, if they are as many as a download leaves that set the length of the file and did not write all bytes. */
export async function trailingZerosFrom(window: FileWindow): Promise<number | undefined> {
  let begin = window.fileSize;
  for (let isZero = true; isZero && begin > 0; ) {
    const from = Math.max(0, begin - READ_BYTES);
    const bytes = await window.copy(from, begin - from);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    isZero = last < 0;
    begin = from + last + 1;
  }
  return window.fileSize - begin >= FEWEST ? begin : undefined;
}
