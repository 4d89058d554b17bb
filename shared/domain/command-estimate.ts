import { blurNs } from './blur-cost.ts';
import { looksForPlace } from './command-values.ts';
import type { Command, CommandParameters, Operation } from './commands.ts';
import { costOfDecoding, costOfDrawing } from './format-costs.ts';
import { onlyScales, resizedTo, rounded, type Size, sizeAfter } from './geometry.ts';
import type { Original } from './original.ts';

/** What a command meets. */
export interface CostContext {
  /** Before the command. */
  size: Size;
  /** Whether it has transparent pixels, or a channel for them. */
  isTransparent?: boolean;
  /** Images that are laid over, as far as they are known. */
  overlays: Readonly<Record<string, Original>>;
}

interface CommandCost<O extends Operation> {
  /** Nanoseconds for each pixel before the command. */
  before?: number | ((parameters: CommandParameters[O], isTransparent: boolean) => number);
  /** Nanoseconds for an image of that size before the command, where its shape counts. */
  whole?: (parameters: CommandParameters[O], size: Size) => number;
  /** Nanoseconds for each pixel behind it; of a resize for each pixel before it cuts or fills. */
  after?: number;
  /** Nanoseconds each time that it is begun, where that is more than for others. */
  begun?: number | ((parameters: CommandParameters[O]) => number);
  /** Bytes for each pixel behind it that are held beside the pixels before and behind. */
  bytes?: number | ((parameters: CommandParameters[O], isTransparent: boolean) => number);
  /** What makes it cheaper; a resize before it always does. */
  advice?: string;
}

/** Nanoseconds of a median for each pixel by the side of its window, whatever the image's width; between them on a line. */
const MEDIAN = [
  [1, 320],
  [9, 220],
  [25, 290],
  [60, 420],
  [100, 650],
  [150, 850],
  [250, 2050],
  [400, 2750],
  [500, 4000],
  [700, 6300],
  [1000, 8400],
] as const;

function between(points: readonly (readonly [at: number, value: number])[], at: number): number {
  const place = points.findIndex(([limit]) => at <= limit);
  const [above, below] = [points[place] ?? points.at(-1), points[place - 1]];
  if (!above) return Number.NaN;
  if (!below) return above[1];
  return below[1] + ((above[1] - below[1]) * (at - below[0])) / (above[0] - below[0]);
}

/** Nanoseconds for each row and each column: most, for normalise, were measured of an image of 1 × 16,383 pixels, for which they count. */
const FOR_A_LINE = 3100;

/**
 * Nanoseconds to begin a command, however small the image is: 0.3 to 2 ms were measured of 16 × 16 pixels, which is what the frames of an
 * animation come to, and 3.4 to 5.1 where colours are taken apart first.
 */
const BEGUN = 2.1e6;
const BEGUN_IN_COLOURS = 4e6;

const LAID_OVER = { after: 75, bytes: 5 };

/**
 * What each command costs on one core: CPU time measured on 2026-11-29 (sharp 0.35.5, libvips 8.18.7, one thread, noise, an AMD EPYC of
 * two cores that had other work too), rounded up. Between the parameters that were measured the formulas are fits. `npm run costs`
 * measures anew, and says where a figure is too low; bytes are asserted by test/containers/worker/pipeline/corners.deep.ts.
 */
const COMMAND_COSTS: { [O in Operation]: CommandCost<O> } = {
  autoOrient: { before: 20 },
  crop: { before: (crop) => (looksForPlace(crop) ? 60 : 5), bytes: (crop) => (looksForPlace(crop) ? 8 : 0) },
  trim: { before: 290, bytes: 3, begun: BEGUN_IN_COLOURS },
  extend: { after: 15 },
  resize: {
    before: (resize) => (looksForPlace(resize) ? 30 : 12),
    after: 45,
    bytes: (resize) => (looksForPlace(resize) ? 16 : 0),
  },
  rotate: { before: 5, after: 40, bytes: 4 },
  flip: { before: 10, bytes: 3 },
  flop: { before: 10 },
  flatten: { before: 10 },
  blur: {
    whole: ({ sigma = 0 }, size) => blurNs(sigma, size),
    advice: 'choose a smaller sigma',
  },
  sharpen: {
    before: ({ sigma }, isTransparent) => (sigma === undefined ? 25 : 95 + 12 * sigma + (isTransparent ? 60 : 0)),
    begun: ({ sigma }) => (sigma === undefined ? BEGUN : 5.2e6),
    // Colours apart from transparency, before and behind it, and the image.
    bytes: ({ sigma }, isTransparent) => (sigma !== undefined && isTransparent ? 8 : 1),
    advice: 'choose a smaller sigma',
  },
  median: { before: ({ size }) => between(MEDIAN, size), advice: 'choose a smaller size' },
  gamma: { before: 15 },
  negate: { before: 10 },
  normalise: { before: 100, bytes: 3, begun: BEGUN_IN_COLOURS },
  clahe: {
    before: ({ width, height }) => Math.max(1400, 650 + 7.2 * height + 0.0125 * width * height),
    bytes: 3,
    advice: 'choose a smaller window',
  },
  modulate: { before: 100 },
  tint: { before: 20, begun: BEGUN_IN_COLOURS },
  grayscale: { before: 15, begun: BEGUN_IN_COLOURS },
  linear: { before: 20 },
  threshold: { before: 20, bytes: 6 },
  roundCorners: { after: 40, bytes: 3 },
  watermark: LAID_OVER,
  watermarkText: LAID_OVER,
};

/** What a command takes for each frame, and once for all. */
interface CostOfCommand {
  ns: number;
  onceNs: number;
  bytes: number;
  advice: string | undefined;
}

/** The nanoseconds and the bytes of one command, without the pixels before and behind it. */
export function costOfCommand(command: Command, { size, overlays, isTransparent = false }: CostContext): CostOfCommand {
  const { operation, ...parameters } = command;
  const {
    before = 0,
    whole,
    after = 0,
    begun = BEGUN,
    bytes = 0,
    advice,
  } = COMMAND_COSTS[operation] as CommandCost<Operation>;
  const perPixel =
    typeof before === 'number' ? before : before(parameters as CommandParameters[Operation], isTransparent);
  const result = pixels(command.operation === 'resize' ? scaledSize(command, size) : sizeAfter(command, size));
  const held = typeof bytes === 'number' ? bytes : bytes(parameters as CommandParameters[Operation], isTransparent);
  const overlay = overlayOf(command, size, overlays);
  const shaped = whole?.(parameters as CommandParameters[Operation], size) ?? 0;
  const beginning = typeof begun === 'number' ? begun : begun(parameters as CommandParameters[Operation]);
  const lines = FOR_A_LINE * (size.width + size.height);
  const ns = beginning + lines + perPixel * pixels(size) + shaped + after * result;
  return { ns, onceNs: overlay.ns, bytes: held * result + overlay.bytes, advice };
}

const pixels = ({ width, height }: Size): number => width * height;

const scaledSize = (options: CommandParameters['resize'], size: Size): Size =>
  onlyScales(options) ? resizedTo(size, options).result : resizedTo(size, options).scaled;

/** To draw, turn, scale and veil text: each step holds what the step before has made. */
const TEXT = { ns: 160, bytes: 5 };

/** To lay out the longest text twice, however small it is drawn: 7 ms (measured). */
const LAID_OUT = 7e6;

/** To scale and veil an image, of which the decode is counted by its format. */
const SCALING = { ns: 45, bytes: 4 };

/** What is laid over is drawn once, whatever the number of frames. */
function overlayOf(command: Command, size: Size, overlays: CostContext['overlays']): { ns: number; bytes: number } {
  if (command.operation === 'watermarkText') {
    const covered = Math.min(pixels(size), textPixels(command, size));
    return { ns: LAID_OUT + TEXT.ns * covered, bytes: TEXT.bytes * covered };
  }
  const original = command.operation === 'watermark' ? overlays[command.imageId] : undefined;
  if (command.operation !== 'watermark' || !original) return { ns: 0, bytes: 0 };
  const share = command.scale === undefined ? Math.min(pixels(size), pixels(original)) : pixels(size) * command.scale;
  const decoding = costOfDecoding(original);
  const drawing = costOfDrawing(original, laidOver(original, command.scale, size));
  return {
    ns: SCALING.ns * (pixels(original) + share) + decoding.ns * pixels(original) + drawing.ns,
    bytes: SCALING.bytes * share + decoding.bytes * pixels(original) + drawing.bytes,
  };
}

/** The size of what is laid over: as it is or as wide as told, and never larger than the image. */
function laidOver(own: Size, scale: number | undefined, size: Size): Size {
  const across = scale === undefined ? Math.min(1, size.width / own.width) : (size.width * scale) / own.width;
  const factor = Math.min(across, size.height / own.height);
  return rounded({ width: own.width * factor, height: own.height * factor });
}

/** The box of a text: no character is wider than one and a half of its font's size, and none higher with its line. */
function textPixels({ text, fontSize, scale }: CommandParameters['watermarkText'], size: Size): number {
  if (scale !== undefined) return pixels(size) * Math.min(1, scale);
  const lines = text.split('\n').length;
  const box = { width: 1.5 * fontSize * text.length, height: 1.5 * fontSize * lines };
  // Turned, it lies in a square at most.
  return Math.max(pixels(box), Math.min(pixels(size), Math.max(box.width, box.height) ** 2));
}
