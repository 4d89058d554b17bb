import type { FileWindow } from './file-window.ts';

/** Zeros of which fewer may end data that are whole. Downloads that broke leave whole blocks of a disk. */
const FEWEST = 512;

/** Bytes that are read at a time, from the end. */
const READ_BYTES = 32 * 1024;

/** Where the zeros begin with which a file ends, if they are as many as a download leaves that was given its whole length and not all its bytes. */
export async function zeroTail(window: FileWindow): Promise<number | undefined> {
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
