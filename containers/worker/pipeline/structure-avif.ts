import type { FileWindow } from './file-window.ts';
import { openTally } from './tally.ts';

/** A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): 32 bits of size and the type, then 64 bits of size if that is 1. */
const BOX_HEADER_BYTES = 16;

/** Where an AVIF's boxes go on behind its end, if they do. Refuses one of more boxes than LIMITS: libheif goes through them each time it opens the file. */
export async function cutAvifEnd(window: FileWindow): Promise<number | undefined> {
  const { fileSize } = window;
  const count = openTally('avifBoxes');
  const header = Buffer.alloc(BOX_HEADER_BYTES);
  let offset = 0;
  while (offset < fileSize) {
    count();
    header.fill(0).set(await window.bytes(offset, BOX_HEADER_BYTES));
    const size = boxSize(header, fileSize - offset);
    if (size < 8 || offset + size > fileSize) return offset + size;
    offset += size;
  }
  return undefined;
}

/** 0 stands for the rest of the file. */
function boxSize(header: Buffer, rest: number): number {
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  return size === 1 ? Number(header.readBigUInt64BE(8)) : size;
}
