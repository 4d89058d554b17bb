import type { Output } from './commands.ts';
import type { OutputFormat } from './formats/image-format.ts';

type Option = Exclude<keyof Output, 'format' | 'metadata'>;
type Range = readonly [lowest: number, highest: number];

/** The options of a format: a range for numbers, or `true` for options that are on or off. */
export type OutputOptions = { [O in Option]?: O extends 'quality' | 'effort' | 'maxBytes' ? Range : true };

const QUALITY: Range = [1, 100];
/** A smaller file would not be a picture any more. */
const MAX_BYTES: Range = [200, 1_000_000_000];

/**
 * Which options each format takes, with sharp's ranges (https://sharp.pixelplumbing.com/api-output). Other options of a format
 * are refused. `maxBytes` is for formats whose quality can be lowered until the file fits.
 */
export const OUTPUT_OPTIONS: Readonly<Record<OutputFormat | 'auto', OutputOptions>> = {
  jpeg: { quality: QUALITY, progressive: true, mozjpeg: true, maxBytes: MAX_BYTES },
  // sharp makes a palette if a quality or an effort is given.
  png: { quality: QUALITY, effort: [1, 10], palette: true, progressive: true },
  webp: { quality: QUALITY, effort: [0, 6], lossless: true, maxBytes: MAX_BYTES },
  avif: { quality: QUALITY, effort: [0, 9], lossless: true, maxBytes: MAX_BYTES },
  gif: { effort: [1, 10], progressive: true },
  // Lossless without a quality; with one, it contains a JPEG.
  tiff: { quality: QUALITY },
  auto: { quality: QUALITY, maxBytes: MAX_BYTES },
};

/** Whether an output keeps transparency. JPEG has none, also inside a TIFF. */
export const keepsTransparency = ({ format, quality }: Output): boolean =>
  format !== 'jpeg' && (format !== 'tiff' || quality === undefined);
