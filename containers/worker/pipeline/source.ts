import readExif from 'exif-reader';
import sharp, { type Sharp } from 'sharp';
import type { Size } from './commands.ts';
import { checkWholeFile } from './whole-file.ts';

/** An original, its header read. */
export interface Source {
  /** Begins to decode it anew. */
  open(): Sharp;
  /** As stored, and as seen when turned upright. */
  size: Size;
  uprightSize: Size;
  hasProfile: boolean;
  /** What of its EXIF outlives processing. */
  copyright: { Copyright?: string; Artist?: string };
  /** Turns pixels that came from it as its EXIF orientation says. */
  orient(image: Sharp): Sharp;
}

/** EXIF orientation (CIPA DC-008, tag 0x0112) as what to do about it: mirror left to right first, then turn clockwise. */
const ORIENTATIONS: Record<number, { flop: boolean; angle: number }> = {
  2: { flop: true, angle: 0 },
  3: { flop: false, angle: 180 },
  4: { flop: true, angle: 180 },
  5: { flop: true, angle: 270 },
  6: { flop: false, angle: 90 },
  7: { flop: true, angle: 90 },
  8: { flop: false, angle: 270 },
};

/** Reads the header of an original. `failOn: 'warning'` is sharp's advice for images from strangers. */
export async function readSource(path: string, maxInputPixels: number): Promise<Source> {
  await checkWholeFile(path);
  const open = () => sharp(path, { failOn: 'warning', limitInputPixels: maxInputPixels });
  const { width, height, autoOrient, orientation = 1, hasProfile, exif } = await open().metadata();
  return {
    open,
    size: { width, height },
    uprightSize: autoOrient,
    hasProfile,
    copyright: exif ? readCopyright(exif) : {},
    orient: (image) => {
      const { flop, angle } = ORIENTATIONS[orientation] ?? { flop: false, angle: 0 };
      // sharp mirrors before it turns, whatever the order of the calls.
      return (flop ? image.flop() : image).rotate(angle);
    },
  };
}

function readCopyright(exif: Buffer): Source['copyright'] {
  try {
    const { Copyright, Artist } = readExif(exif).Image ?? {};
    const kept = Object.entries({ Copyright, Artist }).filter(([, value]) => typeof value === 'string' && value.trim());
    return Object.fromEntries(kept);
  } catch {
    // Damaged metadata of a good image: there is nothing in it to keep.
    return {};
  }
}
