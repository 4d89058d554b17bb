import type { Output } from './commands.ts';
import type { OutputFormat } from './formats/image-format.ts';

type Option = Exclude<keyof Output, 'format' | 'metadata'>;
type Range = readonly [lowest: number, highest: number];

/** Options that every format here understands as a range, or as yes and no. */
export type OutputOptions = { [O in Option]?: O extends 'quality' | 'effort' | 'maxBytes' ? Range : true };

const QUALITY: Range = [1, 100];
/** A file smaller than this is no picture any more. */
const MAX_BYTES: Range = [200, 1_000_000_000];

/**
 * Which options each format takes, with sharp's ranges (https://sharp.pixelplumbing.com/api-output); asked for with another format, an
 * option is refused. `maxBytes` is for formats whose quality can be lowered until the file fits.
 */
export const OUTPUT_OPTIONS: Readonly<Record<OutputFormat | 'auto', OutputOptions>> = {
  jpeg: { quality: QUALITY, progressive: true, mozjpeg: true, maxBytes: MAX_BYTES },
  // A quality or an effort makes it a palette.
  png: { quality: QUALITY, effort: [1, 10], palette: true, progressive: true },
  webp: { quality: QUALITY, effort: [0, 6], lossless: true, maxBytes: MAX_BYTES },
  avif: { quality: QUALITY, effort: [0, 9], lossless: true, maxBytes: MAX_BYTES },
  gif: { effort: [1, 10], progressive: true },
  // Lossless; with a quality, JPEG inside.
  tiff: { quality: QUALITY },
  auto: { quality: QUALITY, maxBytes: MAX_BYTES },
};

/** JPEG has no transparency, also inside a TIFF. */
export const keepsTransparency = ({ format, quality }: Output): boolean =>
  format !== 'jpeg' && (format !== 'tiff' || quality === undefined);
