import type { CommandCost } from './command-costs.ts';
import type { Size } from './geometry.ts';

/** How a command shares a pass with others, which is one chain of libvips; plan.ts parts a list into passes. */
export interface SharedPass {
  /**
   * When sharp carries it out if it is told of several commands: one chain runs in this order whatever the order of the calls
   * (sharp 0.35, src/pipeline.cc). A command joins a pass only if it comes after all that are in it. Two with one number may change places.
   */
  libvipsOrder: number;
  /** When sharp ends it, where it carries out other commands in between. */
  libvipsEnd?: number;
  /**
   * What sharp does to colours. `moved`: it only moves or selects pixels. `premultiplied`: it multiplies them by alpha around the command,
   * for everything else in the pass as well. `removed`: the image has one channel until the pass ends. `changed`: anything else.
   */
  colours: 'moved' | 'premultiplied' | 'removed' | 'changed';
  /**
   * Why it must not share a pass with some neighbours. `fractions`: without a sigma it leaves fractions, beyond black and white too, which a
   * later command would take as they are. `distance`: it looks so far that all before it would be computed again for every part. `nearest`:
   * it takes the nearest pixel, and which one that is depends on the part that is computed at a time.
   */
  hazard: 'none' | 'fractions' | 'distance' | 'nearest';
}

/**
 * Everything that plans, estimates and checks know about a command. What a client may write is in contracts/api/command-schemas.ts, and how the
 * worker carries it out is in pipeline/commands/execute.ts.
 */
export interface Traits {
  /** `own` if nothing shares a pass with it, which is never wrong. */
  pass: 'own' | SharedPass;
  /**
   * What it does with the content of the image. `ignored`: it moves and mixes pixels without regard to what they hold. `used`: the result
   * depends on what they hold, part by part. `measured`: it looks at all pixels before it changes one. `decides`: the content decides what the command does, so that all
   * pixels before it must be there; for the frames of an animation the first frame decides (the worker's content-crop.ts).
   */
  content: 'ignored' | 'used' | 'measured' | 'decides';
  /**
   * What it does to transparency. `kept`: an opaque image stays opaque. `opened`: an opaque image may have transparent pixels afterwards.
   * `flattened`: no image has any afterwards. `added`: sharp adds a channel that an opaque image does not need, and the worker removes it.
   * `coloured`: sharp would change it as if it were a colour, so that the worker keeps it apart.
   */
  alpha: 'kept' | 'opened' | 'flattened' | 'added' | 'coloured';
  /** Give or take a pixel of rounding; `unknown` where only the content tells. */
  sizeAfter: 'same' | 'unknown' | ((size: Size) => Size);
  cost: CommandCost;
}

/** A shared pass without a hazard. */
export const sharedAt = (libvipsOrder: number, colours: SharedPass['colours'] = 'changed'): SharedPass => ({
  libvipsOrder,
  colours,
  hazard: 'none',
});

/**
 * Pixels to each side that a command may look at without what is before it being computed more than one and a half times: libvips
 * computes parts of 128 × 128 pixels, and keeps nothing of what their neighbours need too.
 */
const NEAR = 16;

export const distanceHazard = (pixelsAside: number): SharedPass['hazard'] => (pixelsAside > NEAR ? 'distance' : 'none');

/** The hazard of a mask of that sigma: it reaches three times as far, and without a sigma sharp computes in fractions. */
export const maskHazard = (sigma: number | undefined): SharedPass['hazard'] =>
  sigma === undefined ? 'fractions' : distanceHazard(3 * sigma);

/** The traits that commands have in common that move pixels within the size of the image. */
export const MOVES = { content: 'ignored', alpha: 'kept', sizeAfter: 'same' } as const;

/** The traits that commands have in common that change pixels where they are. A row says what is different after them. */
export const IN_PLACE = { content: 'used', alpha: 'kept', sizeAfter: 'same' } as const;

/** The traits of commands that lay something over the image. */
export const LAYS_OVER: Traits = {
  pass: 'own',
  content: 'used',
  alpha: 'added',
  sizeAfter: 'same',
  cost: { after: 75, bytes: 5 },
};
