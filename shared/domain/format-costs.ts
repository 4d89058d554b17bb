import type { Output } from './commands.ts';
import type { ImageFormat, OutputFormat } from './formats/image-format.ts';
import type { Size } from './geometry.ts';
import type { Original } from './original.ts';
import { OUTPUT_OPTIONS } from './output-options.ts';
import { secondsToPaint } from './svg/svg-painting.ts';
import { bytesOfTree } from './svg/svg-tree.ts';

/** Nanoseconds on one core, and bytes of memory beside the pixels themselves; per pixel or for a whole image. */
export interface Cost {
  ns: number;
  bytes: number;
}

/**
 * The cost of decoding, measured as command-costs.ts says, on noise at the highest quality, which takes longest. `whole` is added for
 * interlaced and progressive files, `deep` for more than 8 bits.
 */
const DECODERS: Record<ImageFormat, Cost & { whole?: number; deep?: number }> = {
  jpeg: { ns: 40, bytes: 1.5, whole: 4 },
  png: { ns: 40, bytes: 1, whole: 3.7, deep: 4.5 },
  webp: { ns: 150, bytes: 9 },
  avif: { ns: 120, bytes: 18, deep: 7 },
  gif: { ns: 60, bytes: 7 },
  // By libheif in WebAssembly. The pixels that are held afterwards are counted elsewhere.
  heic: { ns: 120, bytes: 10 },
  tiff: { ns: 60, bytes: 3, deep: 2 },
  // For a simple drawing; the cost of others is estimated from their content.
  svg: { ns: 100, bytes: 8 },
};

/** The conversion to 8-bit sRGB: from 16 bits, and from CMYK or another colour space. */
const FROM_DEEP = 40;
const FROM_SPACE = 90;
/** The conversion through a computed profile: 180 were measured for curves with an exponent of 1, 170 for curves of 4096 entries and for a table of 100 steps a side. */
const FROM_COMPUTED = 200;

/** Additional bytes of a progressive JPEG whose colour is not subsampled, and of one with four colours. */
const ALL_COLOUR = 3;
const FOUR_COLOURS = 3.5;

/** Nanoseconds per bit, for formats whose decoders need more time for the bits than for the pixels. */
const BIT_NS: Partial<Record<ImageFormat, number>> = { avif: 17, heic: 10 };

/** How many copies of the file are held while it is decoded. */
const FILES_HELD: Partial<Record<ImageFormat, number>> = { heic: 2 };

/** The most bits per pixel to which noise was encoded. */
const MOST_BITS = 60;

const converting = ({ isDeep, isConverted, isComputed }: Partial<Original>): number => {
  if (isComputed) return FROM_COMPUTED;
  if (isDeep) return FROM_DEEP;
  return isConverted ? FROM_SPACE : 0;
};

/** The cost of decoding, per pixel of an original. Pixels that are decoded but not shown are included. */
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

/** The cost of a drawing at a size, beside its pixels: it is painted, painted once more to be measured, and held as a whole meanwhile. */
export function costOfDrawing({ drawing }: Pick<Original, 'drawing'>, size: Size): Cost {
  if (!drawing) return { ns: 0, bytes: 0 };
  const seconds = secondsToPaint(drawing.painting, size) + secondsToPaint(drawing.painting, { width: 1, height: 1 });
  return { ns: 1e9 * seconds, bytes: bytesOfTree(drawing.tree) };
}

/** Everything that the cost of encoding depends on. */
export interface Encoding extends Omit<Output, 'format'> {
  format: OutputFormat;
  hasAlpha: boolean;
  /** The pixels of all frames. */
  pixels: number;
}

/** Nanoseconds per pixel for each effort, beginning with the lowest effort of the format. */
type ByEffort = readonly number[];

/**
 * Lossy, lossy with transparency, lossless, and lossless above quality 80. Effort 6 tries every way to write the transparency. Lossless
 * encoding takes longest not for noise but for soft noise over gradients, as in photographs.
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

/** The quality up to which mozjpeg is quick, and its cost at that quality and at 100. */
const MOZJPEG = { quickUntil: 80, ns: 480, highest: 1200 };

/**
 * For lossless WebP, quality means how much the encoder tries, as effort does; no pixel depends on it. This quality takes 84 ns with the lowest
 * effort instead of 1,010, for a file that is a few per cent larger.
 */
const QUICK = { quality: 25, ns: 110 };

/** The quality of lossless WebP: sharp's default if the request names none, but a low one with the lowest effort, because there is no time for more. */
export const losslessQuality = (quality: number | undefined, effort: number): number | undefined =>
  quality ?? (effort === 0 ? QUICK.quality : undefined);

/** The number of pixels above which a PNG is deflated at a lower level: noise of few values takes 282 ns a pixel at level 6, sharp's default, and 57 at 4. */
const LIGHTLY_DEFLATED_FROM = 24_000_000;
export const LIGHT_DEFLATE = 4;

export const isLightlyDeflated = ({ pixels }: Pick<Encoding, 'pixels'>): boolean => pixels > LIGHTLY_DEFLATED_FROM;

const at = (costs: ByEffort, effort: number, lowest: number): number => costs[effort - lowest] ?? Number.NaN;

/** The size of a file of noise, divided by the size of its pixels. */
const WRITTEN = 1.25;

interface Encoder {
  /** The cost per pixel at an effort. */
  cost(encoding: Encoding, effort: number): Cost;
  /** A change, other than to the effort, that makes encoding cheaper. */
  advice?(encoding: Encoding): string | undefined;
}

/** The cost of encoding, measured as command-costs.ts says, on noise, soft noise, few colours and flat areas, whichever takes longest. */
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
      // From effort 3 on, the encoder keeps the candidates that it has found, to choose among them.
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

/** Whether a PNG gets a palette. sharp makes one also if a quality or an effort is given. */
export const isPalette = ({ palette, quality, effort }: Pick<Output, 'palette' | 'quality' | 'effort'>): boolean =>
  palette === true || quality !== undefined || effort !== undefined;

/** The cost of encoding a pixel at an effort, and advice for something cheaper. */
export function costOfEncoding(encoding: Encoding, effort: number): Cost & { advice: string | undefined } {
  const { cost, advice } = ENCODERS[encoding.format];
  return { ...cost(encoding, effort), advice: advice?.(encoding) };
}

/** The number of pixels above which the colour of an AVIF has half the resolution, as in JPEG: memory and time do not suffice for all of it. */
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

/** The time and the memory for the encoder of a rendition, whatever the image shows. The rest is for decoding and commands. */
const ENCODING = { ns: 20e9, bytes: 1100 * 1024 ** 2 };

/**
 * The effort that an encoder works with. If the request names none, it is sharp's default as long as so many pixels can be encoded in time,
 * and less above. If the request names one, it is the highest effort up to that for which time and memory suffice. It depends on the number of
 * pixels and the transparency, not on a setting or on the picture, so that the bytes of a result depend on the request only. `times` is how often
 * the image may be encoded. The effort is 0 for formats that have none.
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
