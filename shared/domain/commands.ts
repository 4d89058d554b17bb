import type { Crop, EXTEND_WITH, Placement, Resize } from './command-values.ts';
import type { OutputFormat } from './formats/image-format.ts';
import type { ImageId } from './image-id.ts';

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
