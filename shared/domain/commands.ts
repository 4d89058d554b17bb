import type { OutputFormat } from './image-format.ts';
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

/** How a resize fills the box, as sharp spells it. */
export const FITS = ['cover', 'contain', 'fill', 'inside', 'outside'] as const;
export type Fit = (typeof FITS)[number];

/**
 * The parameters of every command, after defaults. Names, ranges and defaults are sharp's; ranges are in contracts/commands.ts.
 * Lengths are pixels, angles degrees clockwise, colours CSS hex (`#rrggbb` or `#rrggbbaa`).
 */
export interface CommandParameters {
  autoOrient: object;
  crop: { left: number; top: number; width: number; height: number };
  resize: {
    width?: number;
    height?: number;
    fit: Fit;
    position: Gravity;
    background: string;
    withoutEnlargement: boolean;
    withoutReduction: boolean;
  };
  rotate: { angle: number; background: string };
  flip: object;
  flop: object;
  grayscale: object;
  blur: { sigma?: number };
  sharpen: { sigma?: number; m1?: number; m2?: number };
  watermark: { imageId: ImageId; gravity: Gravity; opacity: number; scale?: number };
}

export type Operation = keyof CommandParameters;

/** One step of a pipeline. */
export type Command = { [O in Operation]: { operation: O } & CommandParameters[O] }[Operation];

/** What the result is encoded as. `quality` 1 to 100; without it sharp's default for the format. */
export interface Output {
  format: OutputFormat;
  quality?: number;
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
