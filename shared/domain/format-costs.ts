import type { Output } from './commands.ts';
import type { ImageFormat, OutputFormat } from './formats/image-format.ts';
import type { Size } from './geometry.ts';
import type { Original } from './original.ts';
import { OUTPUT_OPTIONS } from './output-options.ts';
import { secondsToPaint } from './svg/svg-painting.ts';
import { bytesOfTree } from './svg/svg-tree.ts';

/** For each pixel, or for all of an image: nanoseconds on one core, and bytes beside the pixels that come and go. */
export interface Cost {
  ns: number;
  bytes: number;
}

/**
 * What decoding costs: measured as command-costs.ts says, on noise at the highest quality, which takes longest. `whole` is what an
 * interlaced or progressive file takes more, `deep` one of more than 8 bits.
 */
const DECODERS: Record<ImageFormat, Cost & { whole?: number; deep?: number }> = {
  jpeg: { ns: 40, bytes: 1.5, whole: 4 },
  png: { ns: 40, bytes: 1, whole: 3.7, deep: 4.5 },
  webp: { ns: 150, bytes: 9 },
  avif: { ns: 120, bytes: 18, deep: 7 },
  gif: { ns: 60, bytes: 7 },
  // By libheif in WebAssembly; the pixels that are held from then on count by themselves.
  heic: { ns: 120, bytes: 10 },
  tiff: { ns: 60, bytes: 3, deep: 2 },
  // Of one that is a picture and not a program; what others take only a clock can tell.
  svg: { ns: 100, bytes: 8 },
};

/** From 16 bits, and from CMYK or another space, to 8 bits of sRGB. */
const FROM_DEEP = 40;
const FROM_SPACE = 90;
/** Through a profile that is computed: 180 were measured for curves of an exponent of 1, 170 for curves of 4096 entries and for a table of 100 steps a side. */
const FROM_COMPUTED = 200;

/** What a progressive JPEG takes more with all of its colour, and with a fourth one. */
const ALL_COLOUR = 3;
const FOUR_COLOURS = 3.5;

/** Formats whose bits take the decoder longer than their pixels, and nanoseconds for a bit. */
const BIT_NS: Partial<Record<ImageFormat, number>> = { avif: 17, heic: 10 };

/** Formats whose files are held while they are decoded, and how often. */
const FILES_HELD: Partial<Record<ImageFormat, number>> = { heic: 2 };

/** The most bits of a pixel that noise was encoded to. */
const MOST_BITS = 60;

const converting = ({ isDeep, isConverted, isComputed }: Partial<Original>): number => {
  if (isComputed) return FROM_COMPUTED;
  if (isDeep) return FROM_DEEP;
  return isConverted ? FROM_SPACE : 0;
};

/** What a pixel of an original costs until it is there, with those that are decoded for it and not seen. */
export function costOfDecoding({ format, width, height, bytes: size = 0, decoded, ...kind }: Original): Cost {
  const { ns, bytes, whole = 0, deep = 0 } = DECODERS[format];
  const pixels = Math.max(width * height, decoded?.pixels ?? 0);
  const bits = Math.min(MOST_BITS, (8 * (decoded?.bytes ?? size)) / pixels);
  const times = pixels / (width * height);
  const held = Math.max(1, (decoded?.mostPixels ?? 0) / (width * height));
  const colours = format === 'jpeg' ? (kind.hasAllColour ? ALL_COLOUR : 0) + (kind.isConverted ? FOUR_COLOURS : 0) : 0;
  return {
    ns: (ns + (BIT_NS[format] ?? 0) * bits) * times + converting(kind),
    bytes:
      (bytes + (kind.isProgressive ? whole + colours : 0) + (kind.isDeep ? deep : 0)) * held +
      ((FILES_HELD[format] ?? 0) * size) / (width * height),
  };
}

/** What a drawing takes in that size, beside its pixels: it is painted, once more to be measured, and held as a whole meanwhile. */
export function costOfDrawing({ drawing }: Pick<Original, 'drawing'>, size: Size): Cost {
  if (!drawing) return { ns: 0, bytes: 0 };
  const seconds = secondsToPaint(drawing.painting, size) + secondsToPaint(drawing.painting, { width: 1, height: 1 });
  return { ns: 1e9 * seconds, bytes: bytesOfTree(drawing.tree) };
}

/** What an encoder depends on. */
export interface Encoding extends Omit<Output, 'format'> {
  format: OutputFormat;
  hasAlpha: boolean;
  /** Of all frames. */
  pixels: number;
}

/** Nanoseconds by effort, from the lowest that the format has. */
type ByEffort = readonly number[];

/**
 * Lossy, of transparent images, lossless, and lossless at more than quality 80. Effort 6 tries every way to write the transparency. Lossless
 * ones take longest not of noise but of soft noise over gradients, as photographs have it.
 */
const WEBP = {
  opaque: [130, 140, 180, 250, 280, 320, 760],
  transparent: [170, 190, 250, 320, 420, 430, 60_000],
  lossless: [1100, 1300, 2100, 2100, 2200, 4700, 4700],
  dense: [1700, 4000, 5400, 5400, 5900, 10_500, 90_000],
} satisfies Record<string, ByEffort>;

const AVIF: ByEffort = [680, 940, 1950, 3000, 15_000, 18_000, 26_000, 45_000, 65_000, 100_000];
const PALETTE: ByEffort = [570, 800, 900, 1050, 2300, 4000, 6400, 8000, 10_000, 12_000];
const GIF: ByEffort = [600, 600, 600, 1500, 2400, 4000, 5700, 6600, 8800, 11_000];

/** The quality that mozjpeg is quick up to, and what it takes at 80 and at 100. */
const MOZJPEG = { quickUntil: 80, ns: 480, highest: 1200 };

/**
 * What lossless WebP takes as its quality is how much is tried, as with its effort; no pixel depends on it. So little takes 84 ns with the lowest
 * effort and not 1,010, and so many for a file that is a few parts in a hundred smaller.
 */
const QUICK = { quality: 25, ns: 110 };

/** The quality of lossless WebP: sharp's own where none is named, and little with the lowest effort, which is what there is time for then. */
export const losslessQuality = (quality: number | undefined, effort: number): number | undefined =>
  quality ?? (effort === 0 ? QUICK.quality : undefined);

/** Pixels above which a PNG is deflated at a lower level: noise of few values takes 282 ns a pixel at 6, sharp's own, and 57 at 4. */
const LIGHTLY_DEFLATED_FROM = 24_000_000;
export const LIGHT_DEFLATE = 4;

export const isLightlyDeflated = ({ pixels }: Pick<Encoding, 'pixels'>): boolean => pixels > LIGHTLY_DEFLATED_FROM;

const at = (costs: ByEffort, effort: number, lowest: number): number => costs[effort - lowest] ?? Number.NaN;

/** A file of noise is as large as its pixels, or a little larger. */
const WRITTEN = 1.25;

interface Encoder {
  /** For a pixel; `effort` is what encoding does with. */
  cost(encoding: Encoding, effort: number): Cost;
  /** What makes it cheaper, beside an effort that there is time for. */
  advice?(encoding: Encoding): string | undefined;
}

/** What encoding costs: measured as command-costs.ts says, on the content that takes longest of noise, soft noise, few colours and areas. */
const ENCODERS: Record<OutputFormat, Encoder> = {
  jpeg: {
    cost: ({ mozjpeg, quality = 80 }) => {
      const dense = (Math.max(0, quality - MOZJPEG.quickUntil) / (100 - MOZJPEG.quickUntil)) * MOZJPEG.highest;
      return { ns: mozjpeg ? MOZJPEG.ns + dense : 60, bytes: quality > MOZJPEG.quickUntil ? 9 : 6.5 };
    },
    advice: ({ mozjpeg }) => (mozjpeg ? 'leave out mozjpeg' : undefined),
  },
  png: {
    cost: (output, effort) =>
      isPalette(output)
        ? { ns: at(PALETTE, effort, 1) * (output.hasAlpha ? 2 : 1), bytes: 7 }
        : {
            ns: isLightlyDeflated(output) ? 80 : 300,
            bytes: (output.progressive ? 6 : 1) + WRITTEN * (output.hasAlpha ? 4 : 3),
          },
    advice: (output) => (isPalette(output) ? 'leave out what makes it a palette' : undefined),
  },
  webp: {
    cost: ({ lossless, quality, hasAlpha }, effort) => {
      if (lossless) {
        const tried = losslessQuality(quality, effort) ?? 80;
        const isQuick = effort === 0 && tried <= QUICK.quality;
        return { ns: isQuick ? QUICK.ns : at(tried > 80 ? WEBP.dense : WEBP.lossless, effort, 0), bytes: 27.5 };
      }
      if (hasAlpha) return { ns: at(WEBP.transparent, effort, 0), bytes: 36 };
      // From effort 3 on it keeps what it has found, to choose among it.
      return { ns: at(WEBP.opaque, effort, 0), bytes: effort > 2 ? 20 : 7 };
    },
    advice: ({ lossless }) => (lossless ? 'leave out lossless' : undefined),
  },
  avif: {
    cost: ({ hasAlpha, ...encoding }, effort) => {
      const [ns, bytes] = encoding.lossless ? [1, 50] : isSubsampled(encoding) ? [0.5, 21] : [0.6, 34];
      return hasAlpha
        ? { ns: 1.6 * ns * at(AVIF, effort, 0), bytes: bytes + 16 }
        : { ns: ns * at(AVIF, effort, 0), bytes };
    },
  },
  gif: { cost: (_, effort) => ({ ns: at(GIF, effort, 1), bytes: 12 }) },
  tiff: {
    cost: ({ quality, hasAlpha }) => ({
      ns: quality === undefined ? 200 : 40,
      bytes: 1 + WRITTEN * (hasAlpha ? 4 : 3),
    }),
    advice: ({ quality }) => (quality === undefined ? 'give it a quality' : undefined),
  },
};

/** Whether a PNG gets a palette, which sharp makes of a quality or an effort too. */
export const isPalette = ({ palette, quality, effort }: Pick<Output, 'palette' | 'quality' | 'effort'>): boolean =>
  palette === true || quality !== undefined || effort !== undefined;

/** What a pixel of a result costs to encode at that effort, and what would be cheaper. */
export function costOfEncoding(encoding: Encoding, effort: number): Cost & { advice: string | undefined } {
  const { cost, advice } = ENCODERS[encoding.format];
  return { ...cost(encoding, effort), advice: advice?.(encoding) };
}

/** Pixels above which AVIF has colour at half the resolution, as JPEG has it: for all of it there are not enough memory and time. */
export const SUBSAMPLED_FROM = 11_500_000;

export const isSubsampled = ({ lossless, pixels }: Pick<Encoding, 'lossless' | 'pixels'>): boolean =>
  !lossless && pixels > SUBSAMPLED_FROM;

type EffortBySize = readonly (readonly [pixels: number, effort: number])[];

/** Lossless WebP takes eight times as long as WebP. */
export const LOSSLESS_WEBP_EFFORTS: EffortBySize = [
  [9_000_000, 4],
  [Number.POSITIVE_INFINITY, 0],
];

export const DEFAULT_EFFORTS: Partial<Record<OutputFormat, EffortBySize>> = {
  avif: [
    [1_600_000, 4],
    [4_800_000, 3],
    [SUBSAMPLED_FROM, 2],
    [Number.POSITIVE_INFINITY, 0],
  ],
  webp: [
    [55_000_000, 4],
    [Number.POSITIVE_INFINITY, 1],
  ],
  png: [
    [1_600_000, 7],
    [Number.POSITIVE_INFINITY, 1],
  ],
  gif: [[Number.POSITIVE_INFINITY, 1]],
};

/** What the encoder of a rendition has at most, whatever the image shows; the rest is for decoding and commands. */
const ENCODING = { ns: 20e9, bytes: 1100 * 1024 ** 2 };

/**
 * The effort that an encoder works with. Where nobody has named one: sharp's own where so many pixels can be had in the time there is,
 * less above. Where somebody has: up to that, and less where time or memory would not do for so many pixels, with transparency or without.
 * By these and not by a setting or by what is shown, so that the bytes of a result depend on what was asked for only. `times`: how often
 * the image may be encoded. 0 where the format has no effort.
 */
export function effortFor(encoding: Encoding, times: number): number {
  const { format, effort, pixels } = encoding;
  const [lowest] = OUTPUT_OPTIONS[format].effort ?? [];
  if (lowest === undefined) return 0;
  const usual = format === 'webp' && encoding.lossless ? LOSSLESS_WEBP_EFFORTS : DEFAULT_EFFORTS[format];
  if (effort === undefined) return usual?.find(([most]) => pixels * times <= most)?.[1] ?? 0;
  const isEnough = (tried: number) => {
    const { ns, bytes } = costOfEncoding(encoding, tried);
    return ns * pixels * times <= ENCODING.ns && bytes * pixels <= ENCODING.bytes;
  };
  const efforts = Array.from({ length: effort - lowest + 1 }, (_, less) => effort - less);
  return efforts.find(isEnough) ?? lowest;
}
