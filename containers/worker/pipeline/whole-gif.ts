import type { FileHandle } from 'node:fs/promises';

/** Bytes read at once: a GIF is a chain of blocks of 255 bytes at most. */
const WINDOW = 64 * 1024;

const EXTENSION = 0x21;
const IMAGE = 0x2c;

/**
 * Where a GIF's blocks go on behind its end, if they do (GIF89a specification, appendix C): its decoder leaves out the frames that are cut
 * and says nothing. A file that ends between two blocks lacks its trailer only, as many do; what follows the trailer is nobody's.
 */
export async function cutGifEnd(file: FileHandle, fileSize: number): Promise<number | undefined> {
  const window = Buffer.alloc(WINDOW);
  let start = -1;
  const byteAt = async (at: number): Promise<number> => {
    if (start < 0 || at < start || at >= start + WINDOW) {
      start = at;
      await file.read(window, 0, WINDOW, at);
    }
    return window[at - start] ?? 0;
  };
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);
  /** The offset behind a chain of sub-blocks, which ends with one of no bytes. */
  const behindChain = async (from: number): Promise<number> => {
    let at = from;
    for (let length = -1; length !== 0 && at < fileSize; ) {
      length = await byteAt(at);
      at += length + 1;
      if (length > 0 && at >= fileSize) return at + 1;
    }
    return at;
  };
  // Signature and screen, then a table of colours if the screen's flags say so.
  let at = 13 + tableBytes(await byteAt(10));
  while (at < fileSize) {
    const kind = await byteAt(at);
    if (kind === EXTENSION) at = await behindChain(at + 2);
    else if (kind === IMAGE) at = await behindChain(at + 11 + tableBytes(await byteAt(at + 9)));
    else return undefined;
  }
  return at > fileSize ? at : undefined;
}
