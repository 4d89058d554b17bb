import type { OutputFormat } from './formats/image-format.ts';
import type { ImageId } from './image-id.ts';

/** Names for a place in a box, as sharp spells them (https://sharp.pixelplumbing.com/api-resize, `sharp.gravity`). */
export const GRAVITIES = [
  'centre',
  'north',
  'northeast',
  'east',
  'southeast',
  'south',
  'southwest',
  'west',
  'northwest',
] as const;
export type Gravity = (typeof GRAVITIES)[number];

/** Places that the content decides, as sharp spells them (`sharp.strategy`). */
export const STRATEGIES = ['entropy', 'attention'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Whether the content decides what a crop or a resize keeps. */
export const looksForPlace = ({ position }: { position?: string }): boolean =>
  STRATEGIES.some((strategy) => strategy === position);

/** How a resize fills the box, as sharp spells it. */
export const FITS = ['cover', 'contain', 'fill', 'inside', 'outside'] as const;
export type Fit = (typeof FITS)[number];

/** How a resize computes pixels, as sharp spells it. */
export const KERNELS = [
  'nearest',
  'linear',
  'cubic',
  'mitchell',
  'lanczos2',
  'lanczos3',
  'mks2013',
  'mks2021',
] as const;
export type Kernel = (typeof KERNELS)[number];

/** Where the pixels of an extended edge come from, as sharp spells it. */
export const EXTEND_WITH = ['background', 'copy', 'repeat', 'mirror'] as const;

/** How a watermark meets what is below it, as sharp spells it, without the modes that ignore one of the two. */
export const BLENDS = [
  'over',
  'atop',
  'add',
  'saturate',
  'multiply',
  'screen',
  'overlay',
  'darken',
  'lighten',
  'colour-dodge',
  'colour-burn',
  'hard-light',
  'soft-light',
  'difference',
  'exclusion',
] as const;
export type Blend = (typeof BLENDS)[number];

/** Where a watermark lies, and how. */
export interface Placement {
  gravity: Gravity;
  /** Pixels inwards from the edges that the gravity names; right and down from the middle where it names none. */
  offsetX: number;
  offsetY: number;
  opacity: number;
  /** Width relative to the image, 0 to 1. */
  scale?: number;
  tile: boolean;
  blend: Blend;
}

/** Either `left` and `top` with both sides, or a size by sides or `ratio` at a place. */
export interface Crop {
  left?: number;
  top?: number;
  width?: number;
  height?: number;
  /** `16:9`; the largest such rectangle. */
  ratio?: string;
  position?: Gravity | Strategy;
  /** What is to be in the middle as far as possible, relative to the image: 0 to 1 from left and top. */
  focalPoint?: { x: number; y: number };
}

/**
 * The parameters of every command, after defaults. Names, ranges and defaults are sharp's; ranges are in contracts/commands.ts.
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
  resize: {
    width?: number;
    height?: number;
    fit: Fit;
    position: Gravity | Strategy;
    background: string;
    kernel: Kernel;
    withoutEnlargement: boolean;
    withoutReduction: boolean;
  };
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

/**
 * What the result is encoded as; what is not given is sharp's default for the format. `auto` chooses a format by content.
 * Which option goes with which format is in domain/output-options.ts.
 */
export interface Output {
  format: OutputFormat | 'auto';
  /** 1 to 100. */
  quality?: number;
  /** Processor time spent on a smaller file; each format has its own range. */
  effort?: number;
  lossless?: boolean;
  progressive?: boolean;
  /** JPEG as mozjpeg would make it: smaller and slower. */
  mozjpeg?: boolean;
  /** PNG with at most 256 colours. */
  palette?: boolean;
  /** The highest quality whose file is no larger. */
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
