import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { checkInputPixels } from '../../../shared/domain/input-pixels.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { judgeRows } from './damage.ts';
import { type GifFile, readGif } from './gif-file.ts';
import { composeGif, rowsIn } from './gif-frames.ts';
import type { OpenedImage } from './source.ts';

/** Opens a GIF whose frames are composed as browsers do it, of what there is of them. */
export async function openComposedGif(path: string, maxPixels: number): Promise<OpenedImage> {
  const { file, warnings } = withoutCutEnd(readGif(await readFile(path)));
  const { width, height, frames } = file;
  // Frames are decoded as a whole, however little of them lies on the screen.
  for (const size of [file, ...frames]) checkInputPixels(size, { format: 'gif', maxPixels });
  const open: OpenedImage['open'] = ({ animated = false } = {}) => {
    const count = animated ? frames.length : 1;
    const raw = { width, height: height * count, channels: 4, ...(animated && { pageHeight: height }) } as const;
    return sharp(composeGif(file, count), { raw, limitInputPixels: false });
  };
  const composed = () => ({ data: composeGif(file, frames.length), width, height: height * frames.length });
  return { open, composed, metadata: metadataOf(file), warnings: async () => warnings };
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
  const missing = file.isLastFrameCut ? last.height - rowsIn(last) : 0;
  if (first === last && file.isLastFrameCut)
    return { file, warnings: judgeRows({ missing, height: last.height, isCut: true }) };
  const frames = missing > 0 ? file.frames.slice(0, -1) : file.frames;
  const detail = `The file ends early: ${frames.length === 1 ? 'its first frame is' : `its first ${frames.length} frames are`} whole, and what followed is missing.`;
  return { file: { ...file, frames }, warnings: [{ code: 'image_cut', detail }] };
}

/** As sharp tells it of others. */
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
