import { blurNs } from './blur-cost.ts';
import { BEGUN_IN_COLOURS, medianNs } from './command-costs.ts';
import { distanceHazard, IN_PLACE, LAYS_OVER, MOVES, maskHazard, sharedAt, type Traits } from './command-traits.ts';
import {
  type Crop,
  type EXTEND_WITH,
  isPlacedByContent,
  isTransparent,
  type Placement,
  type Resize,
} from './command-values.ts';
import type { OutputFormat } from './formats/image-format.ts';
import { croppedTo, onlyScales, resizedTo, rotatedTo, type Size } from './geometry.ts';
import type { ImageId } from './image-id.ts';

/**
 * The parameters of every command, after defaults. Names, ranges and defaults are sharp's; ranges are in contracts/api/command-schemas.ts.
 * Lengths are pixels, angles degrees clockwise, colours CSS hex (`#rrggbb` or `#rrggbbaa`).
 */
export interface CommandParameters {
  autoOrient: object;
  crop: Crop;
  trim: { background?: string; threshold: number; lineArt: boolean; margin: number };
  extend: {
    top: number;
    right: number;
    bottom: number;
    left: number;
    extendWith: (typeof EXTEND_WITH)[number];
    background: string;
  };
  resize: Resize;
  rotate: { angle: number; background: string };
  flip: object;
  flop: object;
  flatten: { background: string };
  blur: { sigma?: number };
  sharpen: { sigma?: number; m1?: number; m2?: number; x1?: number; y2?: number; y3?: number };
  median: { size: number };
  gamma: { gamma: number; gammaOut?: number };
  negate: { alpha: boolean };
  normalise: { lower: number; upper: number };
  clahe: { width: number; height: number; maxSlope: number };
  modulate: { brightness: number; saturation: number; hue: number; lightness: number };
  tint: { tint: string };
  grayscale: object;
  linear: { a: number | number[]; b: number | number[] };
  threshold: { threshold: number; grayscale: boolean };
  roundCorners: { radius?: number };
  watermark: Placement & { imageId: ImageId };
  watermarkText: Placement & { text: string; fontSize: number; bold: boolean; color: string; angle: number };
}

export type Operation = keyof CommandParameters;

/** One step of a pipeline. */
export type Command = { [O in Operation]: { operation: O } & CommandParameters[O] }[Operation];

/** One row for each operation: a new one does not compile until all of its traits are said. Rows whose parameters matter are functions of them. */
const TRAITS: { [O in Operation]: Traits | ((parameters: CommandParameters[O]) => Traits) } = {
  autoOrient: { ...MOVES, pass: 'own', cost: { before: 20 } },
  crop: (crop) => ({
    pass: sharedAt(2, 'moved'),
    content: isPlacedByContent(crop) ? 'decides' : 'ignored',
    alpha: 'kept',
    sizeAfter: (size) => croppedTo(size, crop),
    cost: isPlacedByContent(crop) ? { before: 60, bytes: 8 } : { before: 5 },
  }),
  trim: {
    pass: 'own',
    content: 'decides',
    alpha: 'kept',
    sizeAfter: 'unknown',
    cost: { before: 290, bytes: 3, begun: BEGUN_IN_COLOURS },
  },
  extend: ({ top, right, bottom, left, extendWith, background }) => ({
    pass: sharedAt(16),
    content: 'used',
    alpha: extendWith === 'background' && isTransparent(background) ? 'opened' : 'kept',
    sizeAfter: ({ width, height }) => ({ width: width + left + right, height: height + top + bottom }),
    cost: { after: 15 },
  }),
  resize: (resize) => ({
    pass: {
      ...sharedAt(8, 'premultiplied'),
      // sharp cuts or fills after flip and flop.
      ...(!onlyScales(resize) && { libvipsEnd: 14 }),
      hazard: resize.kernel === 'nearest' ? 'nearest' : 'none',
    },
    // `contain` lays the image in a box whose background may have a colour.
    content: isPlacedByContent(resize) ? 'decides' : resize.fit === 'contain' ? 'used' : 'ignored',
    alpha: resize.fit === 'contain' && isTransparent(resize.background) ? 'opened' : 'kept',
    sizeAfter: (size) => resizedTo(size, resize).result,
    cost: isPlacedByContent(resize) ? { before: 30, after: 45, bytes: 16 } : { before: 12, after: 45 },
  }),
  rotate: ({ angle, background }) => ({
    pass: 'own',
    content: 'used',
    alpha: angle % 90 !== 0 && isTransparent(background) ? 'opened' : 'kept',
    sizeAfter: (size) => rotatedTo(size, angle),
    cost: { before: 5, after: 40, bytes: 4 },
  }),
  flip: { ...MOVES, pass: sharedAt(9, 'moved'), cost: { before: 10, bytes: 3 } },
  flop: { ...MOVES, pass: sharedAt(9, 'moved'), cost: { before: 10 } },
  flatten: { ...IN_PLACE, pass: sharedAt(3), alpha: 'flattened', cost: { before: 10 } },
  blur: ({ sigma }) => ({
    ...IN_PLACE,
    pass: { ...sharedAt(20, 'premultiplied'), hazard: maskHazard(sigma) },
    cost: { whole: (size) => blurNs(sigma ?? 0, size), advice: 'choose a smaller sigma' },
  }),
  sharpen: ({ sigma }) => ({
    ...IN_PLACE,
    pass: { ...sharedAt(25, 'premultiplied'), hazard: maskHazard(sigma) },
    cost: {
      ...(sigma === undefined
        ? { before: 25, bytes: 1 }
        : // With transparency there are the colours apart from it, before and behind, and the image.
          { before: 95 + 12 * sigma, bytes: 1, begun: 5.2e6, moreIfTransparent: { before: 60, bytes: 7 } }),
      advice: 'choose a smaller sigma',
    },
  }),
  median: ({ size }) => ({
    ...IN_PLACE,
    pass: { ...sharedAt(17), hazard: distanceHazard(size / 2) },
    cost: { before: medianNs(size), advice: 'choose a smaller size' },
  }),
  gamma: { ...IN_PLACE, pass: 'own', cost: { before: 15 } },
  negate: { ...IN_PLACE, pass: sharedAt(33), cost: { before: 10 } },
  normalise: {
    ...IN_PLACE,
    content: 'measured',
    pass: sharedAt(29),
    cost: { before: 100, bytes: 3, begun: BEGUN_IN_COLOURS },
  },
  clahe: ({ width, height }) => ({
    ...IN_PLACE,
    alpha: 'coloured',
    pass: 'own',
    cost: {
      before: Math.max(1400, 650 + 7.2 * height + 0.0125 * width * height),
      bytes: 3,
      advice: 'choose a smaller window',
    },
  }),
  modulate: { ...IN_PLACE, pass: sharedAt(24), cost: { before: 100 } },
  tint: { ...IN_PLACE, pass: sharedAt(31), cost: { before: 20, begun: BEGUN_IN_COLOURS } },
  grayscale: {
    ...IN_PLACE,
    pass: sharedAt(5, 'removed'),
    cost: { before: 15, begun: BEGUN_IN_COLOURS },
  },
  linear: { ...IN_PLACE, pass: sharedAt(28), cost: { before: 20 } },
  threshold: {
    ...IN_PLACE,
    alpha: 'coloured',
    pass: sharedAt(18, 'removed'),
    cost: { before: 20, bytes: 6 },
  },
  roundCorners: { ...IN_PLACE, pass: 'own', alpha: 'opened', cost: { after: 40, bytes: 3 } },
  watermark: LAYS_OVER,
  watermarkText: LAYS_OVER,
};

export function traitsOf({ operation, ...parameters }: Command): Traits {
  const traits = TRAITS[operation] as Traits | ((parameters: object) => Traits);
  return typeof traits === 'function' ? traits(parameters) : traits;
}

/** Whether only the content tells what size a command leaves. */
export const leavesUnknownSize = (command: Command): boolean => traitsOf(command).sizeAfter === 'unknown';

/** The size after a command; one that only the content tells counts as unchanged. */
export function sizeAfter(command: Command, size: Size): Size {
  const after = traitsOf(command).sizeAfter;
  return typeof after === 'function' ? after(size) : size;
}

/**
 * The encoding of the result. An option that is not given is sharp's default for the format; the format `auto` is chosen by content.
 * domain/output-options.ts says which option goes with which format.
 */
export interface Output {
  format: OutputFormat | 'auto';
  /** 1 to 100. */
  quality?: number;
  /** Processor time spent on a smaller file; each format has its own range. */
  effort?: number;
  lossless?: boolean;
  progressive?: boolean;
  /** A JPEG as mozjpeg would make it: smaller and slower. */
  mozjpeg?: boolean;
  /** A PNG with at most 256 colours. */
  palette?: boolean;
  /** Chooses the highest quality whose file is no larger. */
  maxBytes?: number;
  /** `strip`, the default, leaves the copyright only; `keep` leaves EXIF and XMP where the format has them, without pictures. */
  metadata?: 'strip' | 'keep';
}

/** An ordered list of commands and an encoding. The commands are applied one after the other, exactly in this order. */
export interface Pipeline {
  commands: Command[];
  output: Output;
}

/** A pipeline that a user asks for, under a name that is unique within the image. */
export interface RenditionRequest extends Pipeline {
  name: string;
}
