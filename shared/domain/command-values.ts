/** Positions in a box, as sharp spells them (https://sharp.pixelplumbing.com/api-resize, `sharp.gravity`). */
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
type Gravity = (typeof GRAVITIES)[number];

/** Positions that the content decides, as sharp spells them (`sharp.strategy`). */
export const STRATEGIES = ['entropy', 'attention'] as const;
type Strategy = (typeof STRATEGIES)[number];

/** Whether the content decides which part a crop or a resize keeps. */
export const isPlacedByContent = ({ position }: { position?: string }): boolean =>
  STRATEGIES.some((strategy) => strategy === position);

/** How a resize fills the box, as sharp spells it. */
export const FITS = ['cover', 'contain', 'fill', 'inside', 'outside'] as const;
type Fit = (typeof FITS)[number];

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
type Kernel = (typeof KERNELS)[number];

/** A colour as in CSS: `#rrggbb`, or `#rrggbbaa` with its opacity. */
export const COLOUR_PATTERN: RegExp = /^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/;

export const isTransparent = (colour: string): boolean => colour.length === 9 && !/ff$/i.test(colour);

/** Where the pixels of an extended edge come from, as sharp spells it. */
export const EXTEND_WITH = ['background', 'copy', 'repeat', 'mirror'] as const;

/** How a watermark blends with the image below it, as sharp spells it, without the modes that ignore one of the two. */
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

/** Where a watermark lies, and how it blends with the image. */
export interface Placement {
  gravity: Gravity;
  /** Pixels inwards from the edges that the gravity names, or right and down from the middle where it names none. */
  offsetX: number;
  offsetY: number;
  opacity: number;
  /** Width relative to the image, 0 to 1. */
  scale?: number;
  tile: boolean;
  blend: Blend;
}

/** Either `left` and `top` with both sides, or a size by sides or `ratio` at a position. */
export interface Crop {
  left?: number;
  top?: number;
  width?: number;
  height?: number;
  /** `16:9` is the largest rectangle of that ratio. */
  ratio?: string;
  position?: Gravity | Strategy;
  /** The point that is to be in the middle as far as possible, relative to the image: 0 to 1 from left and top. */
  focalPoint?: { x: number; y: number };
}

/** A size by one side or both, and how the image comes to it. */
export interface Resize {
  width?: number;
  height?: number;
  fit: Fit;
  position: Gravity | Strategy;
  background: string;
  kernel: Kernel;
  withoutEnlargement: boolean;
  withoutReduction: boolean;
}
