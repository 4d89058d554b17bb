import type { FileWindow } from './file-window.ts';
import { openTally } from './tally.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;

const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0);

/**
 * Where a GIF's blocks go on behind its end, if they do (GIF89a specification, appendix C): its decoder leaves out the frames that are cut
 * and says nothing. A file that ends between two blocks lacks its trailer only, as many do; what follows the trailer is nobody's. Refuses
 * one of more parts or blocks than LIMITS.
 */
export async function cutGifEnd(window: FileWindow): Promise<number | undefined> {
  const { fileSize } = window;
  const countPart = openTally('gifParts');
  const countBlock = openTally('gifBlocks');
  const byteAt = async (at: number): Promise<number> => (await window.bytes(at, 1))[0] ?? 0;
  /** The offset behind a chain of sub-blocks, which ends with one of no bytes. */
  const behindChain = async (from: number): Promise<number> => {
    let at = from;
    for (let length = -1; length !== 0 && at < fileSize; ) {
      // Not awaited for each of millions.
      if (!window.holds(at, 1)) await window.load(at);
      length = window.byte(at);
      countBlock();
      at += length + 1;
      if (length > 0 && at >= fileSize) return at + 1;
    }
    return at;
  };
  // Signature and screen, then a table of colours if the screen's flags say so.
  let at = 13 + tableBytes(await byteAt(10));
  while (at < fileSize) {
    const kind = await byteAt(at);
    if (kind !== EXTENSION && kind !== IMAGE) return undefined;
    countPart();
    at = await behindChain(kind === EXTENSION ? at + 2 : at + 11 + tableBytes(await byteAt(at + 9)));
  }
  return at > fileSize ? at : undefined;
}
