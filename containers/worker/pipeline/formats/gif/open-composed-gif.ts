import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import { checkInputPixels } from '../../../../../shared/domain/input-pixels.ts';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import type { Warning } from '../../../../../shared/domain/warnings.ts';
import { checkMissingRows } from '../../source/damage-warnings.ts';
import type { OpenedImage } from '../../source/open-image.ts';
import type { Structure } from '../check-structure.ts';
import { composeGif } from './compose-gif.ts';
import { missingRows } from './gif-rows.ts';
import { type GifFile, readGif } from './read-gif.ts';

/** Pixels of all frames up to which they are held when they have been composed, for other renditions: 48 MB, and the estimate counts them. */
const MOST_HELD_PIXELS = 12_000_000;
const CHANNELS = 4;

/** Opens a GIF whose frames, as far as they are in the file, are composed as browsers do it. */
export async function openComposedGif(
  path: string,
  { hiddenPixels }: Structure,
  maxPixels: number,
): Promise<OpenedImage> {
  const bytes = await readFile(path);
  const { file, warnings } = withoutCutEnd(readGif(bytes));
  const { width, height, frames } = file;
  for (const size of [file, ...frames]) checkInputPixels(size, { format: 'gif', maxPixels });
  const damage = judgeFrames(file);
  const open: OpenedImage['open'] = ({ animated = false } = {}) => {
    const count = animated ? frames.length : 1;
    const raw = { width, height: height * count, channels: CHANNELS, ...(animated && { pageHeight: height }) } as const;
    return sharp(composeGif(file, count), { raw, limitInputPixels: false });
  };
  const pixels = width * height * frames.length;
  const isHeld = frames.length > 1 && pixels <= MOST_HELD_PIXELS;
  let held: Buffer | undefined;
  const composed = () => {
    const data = held ?? composeGif(file, frames.length);
    if (isHeld) held = data;
    return { data, width, height: height * frames.length };
  };
  return {
    open,
    composed,
    hiddenPixels,
    // The colours of the frames are views of the file, so all of it stays in memory.
    heldBytes: bytes.length,
    composedBytes: isHeld ? CHANNELS * pixels : 0,
    metadata: metadataOf(file),
    warnings: async () => [...warnings, ...damage],
  };
}

/** Without a last frame that is cut, unless it is the only one: of that, the rows that are there are shown. */
function withoutCutEnd(file: GifFile): { file: GifFile; warnings: Warning[] } {
  const [first] = file.frames;
  const last = file.frames.at(-1);
  if (!first || !last) {
    throw new ImageServiceError(
      'image_unreadable',
      'The file ends early: it ends before its first frame. Send it again.',
    );
  }
  if (!file.isCut) return { file, warnings: [] };
  // The rows of a single frame that is cut are judged together with missing rows of whole files.
  if (first === last && file.isLastFrameCut) return { file, warnings: [] };
  const missing = file.isLastFrameCut ? missingRows(last, file) : 0;
  const frames = missing > 0 ? file.frames.slice(0, -1) : file.frames;
  const detail = `The file ends early: ${frames.length === 1 ? 'its first frame is' : `its first ${frames.length} frames are`} whole, and what followed is missing.`;
  return { file: { ...file, frames }, warnings: [{ code: 'image_cut', detail }] };
}

/** Warnings about rows that frames lack although the file has all of its blocks. The first frame must be whole, because it alone is shown where one image is made. */
function judgeFrames(file: GifFile): Warning[] {
  const { frames, isLastFrameCut } = file;
  const shown = frames.length > LIMITS.animationFrames ? frames.slice(0, 1) : frames;
  const [missing = 0, ...others] = shown.map((frame) => missingRows(frame, file));
  const { height = 0 } = frames[0] ?? {};
  const isCut = isLastFrameCut && frames.length === 1;
  const warnings = checkMissingRows({ missing, height, isCut, isLeftOut: true });
  const count = others.filter((rows) => rows > 0).length;
  if (count === 0) return warnings;
  const detail = `The file is damaged: ${count} of its ${frames.length} frames lack rows, in whose place the frames before them are shown.`;
  return [...warnings, { code: 'image_damaged', detail }];
}

/** Metadata in the form in which sharp returns them. */
function metadataOf({ width, height, frames, loop }: GifFile): OpenedImage['metadata'] {
  const shape = {
    format: 'gif',
    space: 'srgb',
    channels: 4,
    depth: 'uchar',
    hasAlpha: true,
    hasProfile: false,
  } as const;
  const isAnimation = frames.length > 1;
  const animation = { pages: frames.length, pageHeight: height, delay: frames.map(({ delay }) => delay), loop };
  const size = { width, height, autoOrient: { width, height, orientation: 1 } };
  return { ...shape, ...size, isProgressive: false, isPalette: true, ...(isAnimation && animation) };
}
