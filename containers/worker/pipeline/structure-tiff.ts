import type { Decoded } from '../../../shared/domain/original.ts';
import type { FileWindow } from './file-window.ts';
import { openTally } from './tally.ts';

/** Offsets and counts of a kind of TIFF: the classic one (TIFF 6.0, section 2), or BigTIFF, whose are of 64 bits. */
interface Layout {
  first: number;
  /** Where an entry has its value, if that fits. */
  valueAt: 8 | 12;
  offsetBytes: 4 | 8;
  countBytes: 2 | 8;
  entryBytes: 12 | 20;
}

const CLASSIC: Layout = { first: 4, valueAt: 8, offsetBytes: 4, countBytes: 2, entryBytes: 12 };
const BIG: Layout = { first: 8, valueAt: 12, offsetBytes: 8, countBytes: 8, entryBytes: 20 };
const BIG_VERSION = 43;

/** As many entries of a directory as libtiff goes through. */
const MOST_ENTRIES = 0xffff;

/** Bytes of the types of numbers that libtiff takes sides from, whole ones with or without a sign: of 8, 16, 32 and 64 bits. */
const NUMBER_BYTES: Record<number, number> = { 1: 1, 6: 1, 3: 2, 8: 2, 4: 4, 9: 4, 16: 8, 17: 8 };

/** The sides of the image and of its tiles (TIFF 6.0, sections 8 and 15). */
const SIDES = { width: 256, height: 257, tileWidth: 322, tileHeight: 323 };

/**
 * Goes along the chain of directories, each with the offset of the next behind its entries; one that comes back to itself has no end.
 * Tells what is decoded of the first, the image: tiles are decoded as a whole however little of them lies within it.
 */
export async function walkTiff(window: FileWindow): Promise<{ decoded?: Decoded }> {
  const count = openTally('tiffDirectories');
  const isLittle = (await window.bytes(0, 1))[0] === 0x49;
  const number = async (at: number, length: number): Promise<number> => {
    const bytes = Buffer.from(await window.bytes(at, length));
    if (isLittle) bytes.reverse();
    return bytes.length < length ? 0 : Number(BigInt(`0x${bytes.toString('hex')}`));
  };
  const layout = (await number(2, 2)) === BIG_VERSION ? BIG : CLASSIC;
  const { first, offsetBytes, countBytes, entryBytes, valueAt } = layout;
  let decoded: Decoded | undefined;
  let at = await number(first, offsetBytes);
  while (at > 0 && at < window.fileSize) {
    count();
    const entries = await number(at, countBytes);
    const from = at + countBytes;
    const next = from + entries * entryBytes;
    if (!decoded) {
      const told = new Map<number, number>();
      for (let entry = from; entry < from + Math.min(entries, MOST_ENTRIES) * entryBytes; entry += entryBytes) {
        if (entry >= window.fileSize) break;
        const length = NUMBER_BYTES[await number(entry + 2, 2)];
        const value = length ? await number(entry + valueAt, length) : 0;
        const tag = await number(entry, 2);
        // Where one is there twice, the larger.
        told.set(tag, Math.max(value, told.get(tag) ?? 0));
      }
      decoded = decodedOf(told);
    }
    at = next < window.fileSize ? await number(next, offsetBytes) : 0;
  }
  return decoded ? { decoded } : {};
}

function decodedOf(told: ReadonlyMap<number, number>): Decoded {
  const side = (name: keyof typeof SIDES) => told.get(SIDES[name]) ?? 0;
  const whole = (length: number, tile: number) => (tile > 0 ? Math.ceil(length / tile) * tile : length);
  const width = whole(side('width'), side('tileWidth'));
  return {
    pixels: width * whole(side('height'), side('tileHeight')),
    // libvips holds a row of tiles.
    mostPixels: width * side('tileHeight'),
    bytes: 0,
  };
}
