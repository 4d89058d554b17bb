import type { FileWindow } from './file-window.ts';
import { openTally } from './tally.ts';

/** Offsets and counts of a kind of TIFF: the classic one (TIFF 6.0, section 2), or BigTIFF, whose are of 64 bits. */
interface Layout {
  first: number;
  offsetBytes: 4 | 8;
  countBytes: 2 | 8;
  entryBytes: 12 | 20;
}

const CLASSIC: Layout = { first: 4, offsetBytes: 4, countBytes: 2, entryBytes: 12 };
const BIG: Layout = { first: 8, offsetBytes: 8, countBytes: 8, entryBytes: 20 };
const BIG_VERSION = 43;

/** The chain of directories, each with the offset of the next behind its entries; one that comes back to itself has no end. */
export async function countTiff(window: FileWindow): Promise<void> {
  const count = openTally('tiffDirectories');
  const isLittle = (await window.bytes(0, 1))[0] === 0x49;
  const number = async (at: number, length: number): Promise<number> => {
    const bytes = Buffer.from(await window.bytes(at, length));
    if (isLittle) bytes.reverse();
    return bytes.length < length ? 0 : Number(BigInt(`0x${bytes.toString('hex')}`));
  };
  const { first, offsetBytes, countBytes, entryBytes } = (await number(2, 2)) === BIG_VERSION ? BIG : CLASSIC;
  let at = await number(first, offsetBytes);
  while (at > 0 && at < window.fileSize) {
    count();
    const entries = await number(at, countBytes);
    const next = at + countBytes + entries * entryBytes;
    at = next < window.fileSize ? await number(next, offsetBytes) : 0;
  }
}
