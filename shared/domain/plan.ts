import { looksForPlace } from './command-values.ts';
import type { Command, Operation, Pipeline } from './commands.ts';
import { enlarges, type Size, sizeAfter } from './geometry.ts';
import type { Original } from './original.ts';
import { keepsTransparency } from './output-options.ts';

/** Commands that one libvips pipeline carries out together, and why it does not go on with the pass before. */
export interface Pass {
  commands: Command[];
  /** Why a new pass begins here; absent for the first. */
  reason?: string;
}

/** What a plan depends on beside the commands. */
export interface PlanFacts {
  /** Whether the image has transparent pixels, or a channel for them. */
  hasAlpha: boolean;
}

/**
 * Where sharp carries a command out when it is told of several: one chain runs in this order whatever the order of the calls
 * (sharp 0.35, src/pipeline.cc). So a command may join a pass only if its stage comes after those of all commands in it.
 */
const STAGES: Partial<Record<Operation, number>> = {
  crop: 2,
  flatten: 3,
  grayscale: 5,
  resize: 8,
  flip: 9,
  flop: 9,
  extend: 16,
  median: 17,
  threshold: 18,
  blur: 20,
  modulate: 24,
  sharpen: 25,
  linear: 28,
  normalise: 29,
  tint: 31,
  negate: 33,
};

/** Commands that only move or select pixels. */
const GEOMETRY: ReadonlySet<Operation> = new Set<Operation>(['autoOrient', 'crop', 'flip', 'flop']);

/** Around these sharp multiplies colours by alpha, for everything else in the pass as well. */
const PREMULTIPLIES: ReadonlySet<Operation> = new Set<Operation>(['resize', 'blur', 'sharpen']);

/** After these an image has one channel until the pass ends. */
const TAKES_COLOUR: ReadonlySet<Operation> = new Set<Operation>(['grayscale', 'threshold']);

/** Without a sigma sharp computes in fractions, beyond black and white too; what follows in the pass would take them as they are. */
const leavesFractions = (command: Command): boolean =>
  (command.operation === 'blur' || command.operation === 'sharpen') && command.sigma === undefined;

const isTransparent = (colour: string): boolean => colour.length === 9 && !/ff$/i.test(colour);

/** Whether an opaque image may have transparent pixels after the command. */
export function opensTransparency(command: Command): boolean {
  switch (command.operation) {
    case 'rotate':
      return command.angle % 90 !== 0 && isTransparent(command.background);
    case 'extend':
      return command.extendWith === 'background' && isTransparent(command.background);
    case 'resize':
      return command.fit === 'contain' && isTransparent(command.background);
    default:
      return command.operation === 'roundCorners';
  }
}

/** Whether the content of the image decides what the command does, so that all pixels before it must be there. */
export const isDecidedByContent = (command: Command): boolean =>
  command.operation === 'trim' ||
  ((command.operation === 'crop' || command.operation === 'resize') && looksForPlace(command));

/** Whether the original is turned upright before everything else. */
export const beginsUpright = (commands: readonly Command[]): boolean =>
  orderedCommands(commands)[0]?.operation === 'autoOrient';

/** The list as it is carried out: autoOrient acts once, at the start unless the list names it at a later place. */
export function orderedCommands(commands: readonly Command[]): Command[] {
  const place = commands.findIndex(({ operation }) => operation === 'autoOrient');
  const rest = commands.filter(({ operation }, index) => operation !== 'autoOrient' || index === place);
  return place < 0 ? [{ operation: 'autoOrient' }, ...rest] : rest;
}

/** Why a command cannot join a pass, as the end of a sentence; undefined if it can without changing the result. */
function whyNotWith(
  pass: readonly Command[],
  next: Command,
  { hasAlpha, isOpening }: PlanFacts & { isOpening: boolean },
): string | undefined {
  const { operation } = next;
  const operations = pass.map((command) => command.operation);
  const last = pass.at(-1);
  if (operations.length === 0) return undefined;
  const isFirst = isOpening && operations.every((done) => done === 'autoOrient');
  if (operation === 'autoOrient') return 'the pixels are turned as they are by then';
  const stage = STAGES[operation];
  // A resize looks for what it keeps when it has scaled and turned; the others look at the image as it lies there.
  if (isDecidedByContent(next) && !(isFirst && operation === 'resize'))
    return `the content decides what ${operation} does`;
  if (isFirst) return undefined;
  if (stage === undefined) return `${operation} has a pass of its own`;
  if (last && STAGES[last.operation] === undefined) {
    return `${last.operation} has a pass of its own`;
  }
  if (last && leavesFractions(last)) return `${last.operation} without a sigma leaves fractions`;
  if (isNearest(next) || (last && isNearest(last)))
    return 'which pixel is nearest depends on the part that is computed at a time';
  if (pass.some(isDecidedByContent)) return `what ${last?.operation} leaves is known only then`;
  const later = operations.find((done) => (STAGES[done] ?? 0) >= stage && !isMirror(done, operation));
  if (later === operation) return `a pass has one ${operation}`;
  if (later) return `libvips would do ${operation} before ${later}`;
  if (looksFar(next) && !operations.every((done) => GEOMETRY.has(done)))
    return `libvips would do all before ${operation} again for every part`;
  if (operation === 'crop') return 'the crop is checked against the size that is there by then';
  if (isMirrored(next) && pass.some(cutsOrFills))
    return `libvips would do ${operation} before the resize cuts or fills`;
  if (operations.some((done) => TAKES_COLOUR.has(done)) && !GEOMETRY.has(operation) && !isResizeWithoutColour(next)) {
    return 'the image has one channel until the pass ends';
  }
  return hasAlpha ? whyNotWithAlpha(operations, operation) : undefined;
}

function whyNotWithAlpha(operations: Operation[], operation: Operation): string | undefined {
  const isMixed =
    (operations.some((done) => PREMULTIPLIES.has(done)) && !GEOMETRY.has(operation)) ||
    (PREMULTIPLIES.has(operation) && operations.some((done) => !GEOMETRY.has(done)));
  return isMixed ? 'colours would be multiplied by alpha meanwhile' : undefined;
}

/** Pixels to each side that a command may look at without what is before it being computed more than one and a half times. */
const NEAR = 16;

/** libvips computes parts of 128 × 128 pixels, and keeps nothing of what their neighbours need too. */
const looksFar = (command: Command): boolean =>
  ((command.operation === 'blur' || command.operation === 'sharpen') && 3 * (command.sigma ?? 0) > NEAR) ||
  (command.operation === 'median' && command.size > 2 * NEAR);

const isNearest = (command: Command): boolean => command.operation === 'resize' && command.kernel === 'nearest';

const isMirrored = ({ operation }: Command): boolean => operation === 'flip' || operation === 'flop';

/** flip and flop share a stage and commute; the same one twice would be taken for one. */
const isMirror = (done: Operation, next: Operation): boolean =>
  done !== next && [done, next].every((operation) => operation === 'flip' || operation === 'flop');

/** What is laid in a box has a background, which may have a colour. */
const isResizeWithoutColour = (command: Command): boolean =>
  command.operation === 'resize' && command.fit !== 'contain';

const cutsOrFills = (command: Command): boolean =>
  command.operation === 'resize' &&
  command.width !== undefined &&
  command.height !== undefined &&
  (command.fit === 'cover' || command.fit === 'contain');

/**
 * Parts a list of commands into passes so that the result is that of one command after the other. Neighbours go together where
 * sharp's own order is theirs and nothing between them is lost by rounding; test/containers/worker/pipeline/fusing.deep.ts compares.
 */
export function planPasses({ commands }: Pick<Pipeline, 'commands'>, facts: PlanFacts): Pass[] {
  const passes: Pass[] = [{ commands: [] }];
  let { hasAlpha } = facts;
  for (const command of orderedCommands(commands)) {
    const pass = passes.at(-1) as Pass;
    const reason = whyNotWith(pass.commands, command, { hasAlpha, isOpening: passes.length === 1 });
    if (reason) passes.push({ commands: [command], reason });
    else pass.commands.push(command);
    if (command.operation === 'flatten') hasAlpha = false;
    hasAlpha ||= opensTransparency(command);
  }
  return passes;
}

/** What a plan begins from: an original, or pixels that are upright and in 8 bits of sRGB already, which have no format. */
export type PlannedImage = Size &
  Pick<Original, 'hasAlpha' | 'isTurned' | 'isOnItsSide' | 'isConverted'> &
  Partial<Pick<Original, 'format'>>;

/**
 * All passes of a rendition. Beside those of its commands: one more where the original is no pixels as they are when a pass ends, and
 * one where the encoder would flatten before commands that came first. The worker carries out these, and estimates count these.
 */
export function planRendition({ commands, output }: Pipeline, image: PlannedImage): Pass[] {
  const { hasAlpha = false } = image;
  const [first, ...others] = planPasses({ commands }, { hasAlpha });
  const passes = [...openingPasses(first?.commands ?? [], image), ...others];
  const isFlattened = !keepsTransparency(output) && (hasAlpha || commands.some(opensTransparency));
  return isFlattened ? [...passes, { commands: [], reason: 'the format has no transparency' }] : passes;
}

/** The first pass, cut before what needs pixels as they are when a pass ends: in sRGB, upright, and all of them. */
function openingPasses(commands: Command[], image: PlannedImage): Pass[] {
  const reasons = commands.map((_, at) => whyNotFromFile(commands.slice(0, at + 1), image));
  const place = reasons.findIndex((reason) => reason !== undefined);
  const reason = reasons[place];
  if (reason === undefined) return [{ commands }];
  return [{ commands: commands.slice(0, place) }, { commands: commands.slice(place), reason }];
}

function whyNotFromFile(commands: Command[], image: PlannedImage): string | undefined {
  const command = commands.at(-1) as Command;
  // What opens an original turns it upright.
  if (command.operation === 'autoOrient' && commands.length === 1) return undefined;
  if (image.format === 'svg') return 'the drawing is made pixels';
  if (image.isConverted && !ignoresPixelValues(command)) return 'the original is not in 8 bits of sRGB';
  // A crop has sharp decode all of the original, and turn it first.
  const isCropped = commands.some(({ operation }) => operation === 'crop');
  if (command.operation !== 'resize' || isCropped) return undefined;
  if (command.kernel === 'nearest') return 'nearest takes pixels of the whole original, upright';
  const isMoved = image.isTurned && commands[0]?.operation === 'autoOrient' && enlarges(command, uprightSize(image));
  return isMoved ? 'libvips moves what it enlarges, so the original is turned first' : undefined;
}

/** The size of an image as it is seen. */
export const uprightSize = ({ width, height, isOnItsSide }: Size & Pick<Original, 'isOnItsSide'>): Size =>
  isOnItsSide ? { width: height, height: width } : { width, height };

/** The size after a command of a list that an original goes through; of autoOrient that is the original's to say. */
export const sizeBehind = (command: Command, size: Size, original: Pick<Original, 'isOnItsSide'>): Size =>
  command.operation === 'autoOrient' ? uprightSize({ ...original, ...size }) : sizeAfter(command, size);

/** The autoOrient that a pass begins with, as a pass of its own. */
export const openingOf = ({ commands: [first] }: Pass): Pass[] =>
  first?.operation === 'autoOrient' ? [{ commands: [first] }] : [];

/** The pass without it: opening an original turns it too. */
export const withoutOpening = (pass: Pass): Pass => ({
  ...pass,
  commands: pass.commands.slice(openingOf(pass).length),
});

/** Whether a command moves and mixes pixels without regard to what they hold. */
export const ignoresPixelValues = (command: Command): boolean =>
  !isDecidedByContent(command) &&
  (GEOMETRY.has(command.operation) || (command.operation === 'resize' && command.fit !== 'contain'));

/** Whether JPEG, WebP and SVG originals are decoded at a smaller size already: only for a resize that comes first. */
export function shrinksOnLoad([first]: readonly Pass[]): boolean {
  const operations = first?.commands.map(({ operation }) => operation) ?? [];
  return operations.includes('resize') && !operations.some((operation) => operation === 'crop');
}
