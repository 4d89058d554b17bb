import { open, readFile, stat } from 'node:fs/promises';
import readExif from 'exif-reader';
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { sniffFormat } from '../../../shared/domain/image-format.ts';
import { HEADER_BYTES, LIMITS } from '../../../shared/domain/limits.ts';
import type { Size } from './geometry.ts';
import { checkWholeFile } from './whole-file.ts';

/** Begins to decode an image anew. */
export type Opener = (options?: SharpOptions) => Sharp;

/** An original, its header read. */
export interface Source {
  open: Opener;
  /** As stored, and as seen when turned upright; of one frame. */
  size: Size;
  uprightSize: Size;
  hasAlpha: boolean;
  hasProfile: boolean;
  /** Whether sharp holds its pixels otherwise than as 8 bits of sRGB until a pass ends. */
  isConverted: boolean;
  isVector: boolean;
  /** What an animation has beside its pixels; absent for an image of one frame. */
  animation?: { frames: number; delay: number[]; loop: number };
  /** What of its EXIF outlives processing. */
  copyright: { Copyright?: string; Artist?: string };
  /** Turns pixels that came from it as its EXIF orientation says. */
  orient(image: Sharp): Sharp;
}

export interface SourceLimits {
  maxInputPixels: number;
  maxInputChannels?: number;
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

/**
 * Opens a file. An SVG is read from memory: librsvg follows references to other files only from where a file lies. `failOn: 'warning'`
 * is sharp's advice for images from strangers.
 */
export async function openImage(
  path: string,
  maxInputPixels: number,
  maxInputChannels: number = LIMITS.inputChannels,
): Promise<Opener> {
  const input = (await isVectorFile(path)) ? await readFile(path) : path;
  const limits = { failOn: 'warning', limitInputPixels: maxInputPixels, limitInputChannels: maxInputChannels } as const;
  return (options) => sharp(input, { ...limits, ...options });
}

async function isVectorFile(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
  if (sniffFormat(buffer.subarray(0, bytesRead)) !== 'svg') return false;
  const { size } = await stat(path);
  if (size <= LIMITS.svgBytes) return true;
  const detail = `The SVG has ${size} bytes; the limit is ${LIMITS.svgBytes}.`;
  throw new ImageServiceError('image_unreadable', detail, { limit: LIMITS.svgBytes, actual: size, unit: 'bytes' });
}

/** Reads the header of an original. */
export async function readSource(path: string, limits: SourceLimits): Promise<Source> {
  await checkWholeFile(path);
  const open = await openImage(path, limits.maxInputPixels, limits.maxInputChannels);
  const metadata = await open().metadata();
  const { width, height, autoOrient, orientation = 1, hasProfile, hasAlpha, exif, format, pages = 1 } = metadata;
  const isAnimation = pages > 1 && (format === 'gif' || format === 'webp');
  return {
    open,
    size: { width, height },
    uprightSize: autoOrient,
    hasAlpha,
    hasProfile,
    isVector: format === 'svg',
    ...(isAnimation && { animation: { frames: pages, delay: metadata.delay ?? [], loop: metadata.loop ?? 0 } }),
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
