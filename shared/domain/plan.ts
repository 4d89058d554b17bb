import type { SharedPass, Traits } from './command-traits.ts';
import { type Command, type Operation, type Pipeline, sizeAfter, traitsOf } from './commands.ts';
import { enlarges, type Size } from './geometry.ts';
import type { Original } from './original.ts';
import { keepsTransparency } from './output-options.ts';

/** Commands that one libvips pipeline carries out together, and why they do not go on with the pass before. */
export interface Pass {
  commands: Command[];
  /** Why a new pass begins here; absent for the first. */
  reason?: string;
}

/** The facts on which a plan depends besides the commands. */
export interface PlanFacts {
  /** Whether the image has transparent pixels, or a channel for them. */
  hasAlpha: boolean;
}

/** Whether an opaque image may have transparent pixels after the command. */
export const opensTransparency = (command: Command): boolean => traitsOf(command).alpha === 'opened';

/** Whether the content of the image decides what the command does, so that all pixels before it must be there. */
export const isDecidedByContent = (command: Command): boolean => traitsOf(command).content === 'decides';

/** Whether a command moves and mixes pixels without regard to what they hold. */
export const ignoresPixelValues = (command: Command): boolean => traitsOf(command).content === 'ignored';

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
  pass: Pass,
  next: Command,
  { hasAlpha, isOpening }: PlanFacts & { isOpening: boolean },
): string | undefined {
  const { operation } = next;
  if (pass.commands.length === 0) return undefined;
  if (operation === 'autoOrient') return 'the pixels are turned as they are by then';
  const { commands } = isOpening ? withoutOpening(pass) : pass;
  // A resize looks for what it keeps when it has scaled and turned; the others look at the image as it lies there.
  if (isDecidedByContent(next) && !(commands.length === 0 && operation === 'resize'))
    return `the content decides what ${operation} does`;
  if (commands.length === 0) return undefined;
  const alone = [next, ...commands].find((command) => traitsOf(command).pass === 'own');
  if (alone) return `${alone.operation} has a pass of its own`;
  const [sharing, joining] = [commands.map(sharerOf), sharerOf(next)];
  return whyNotInOneChain(sharing, joining) ?? (hasAlpha ? whyNotWithAlpha(sharing, joining) : undefined);
}

/** A command in a pass that others may join. */
type Sharer = SharedPass & Pick<Traits, 'content'> & { operation: Operation };

function sharerOf(command: Command): Sharer {
  const { pass, content } = traitsOf(command);
  return { ...(pass as SharedPass), content, operation: command.operation };
}

function whyNotInOneChain(pass: Sharer[], next: Sharer): string | undefined {
  const { operation, libvipsOrder } = next;
  const last = pass.at(-1) as Sharer;
  if (last.hazard === 'fractions') return `${last.operation} without a sigma leaves fractions`;
  if (next.hazard === 'nearest' || last.hazard === 'nearest')
    return 'which pixel is nearest depends on the part that is computed at a time';
  if (pass.some(({ content }) => content === 'decides')) return `what ${last.operation} leaves is known only then`;
  const later = pass.find((done) => done.libvipsOrder >= libvipsOrder && !mayChangePlaces(done, next));
  if (later?.operation === operation) return `a pass has one ${operation}`;
  if (later) return `libvips would do ${operation} before ${later.operation}`;
  if (next.hazard === 'distance' && !pass.every(onlyMoves))
    return `libvips would do all before ${operation} again for every part`;
  const unended = pass.find(({ libvipsEnd = 0 }) => libvipsEnd > libvipsOrder);
  if (unended) return `libvips would do ${operation} before the ${unended.operation} cuts or fills`;
  const isWithoutColour = pass.some(({ colours }) => colours === 'removed');
  return isWithoutColour && next.content !== 'ignored' ? 'the image has one channel until the pass ends' : undefined;
}

/** Whether two commands commute; sharp would take the same one twice for one. */
const mayChangePlaces = (done: Sharer, next: Sharer): boolean =>
  done.libvipsOrder === next.libvipsOrder && done.operation !== next.operation;

const onlyMoves = ({ colours }: Sharer): boolean => colours === 'moved';

const isPremultiplied = ({ colours }: Sharer): boolean => colours === 'premultiplied';

function whyNotWithAlpha(pass: Sharer[], next: Sharer): string | undefined {
  const isMixed = (pass.some(isPremultiplied) && !onlyMoves(next)) || (isPremultiplied(next) && !pass.every(onlyMoves));
  return isMixed ? 'colours would be multiplied by alpha meanwhile' : undefined;
}

/**
 * Parts a list of commands into passes so that the result is that of one command after the other. Neighbours go together where
 * sharp's own order is theirs and nothing between them is lost by rounding; test/containers/worker/pipeline/fusing.deep.ts compares.
 */
export function planPasses({ commands }: Pick<Pipeline, 'commands'>, facts: PlanFacts): Pass[] {
  const passes: Pass[] = [{ commands: [] }];
  let { hasAlpha } = facts;
  for (const command of orderedCommands(commands)) {
    const pass = passes.at(-1) as Pass;
    const reason = whyNotWith(pass, command, { hasAlpha, isOpening: passes.length === 1 });
    if (reason) passes.push({ commands: [command], reason });
    else pass.commands.push(command);
    if (traitsOf(command).alpha === 'flattened') hasAlpha = false;
    hasAlpha ||= opensTransparency(command);
  }
  return passes;
}

/** The image that a plan begins with: an original, or pixels that are upright and in 8 bits of sRGB already, which have no format. */
export type PlannedImage = Size &
  Pick<Original, 'hasAlpha' | 'isTurned' | 'isOnItsSide' | 'isConverted'> &
  Partial<Pick<Original, 'format'>>;

/**
 * All passes of a rendition. Besides those of its commands there is one more where the original does not have pixels as they are when a
 * pass ends, and one where the encoder would flatten before commands that came first. The worker carries out these, and estimates count them.
 */
export function planRendition({ commands, output }: Pipeline, image: PlannedImage): Pass[] {
  const { hasAlpha = false } = image;
  const [first, ...others] = planPasses({ commands }, { hasAlpha });
  const passes = [...openingPasses(first?.commands ?? [], image), ...others];
  const isFlattened = !keepsTransparency(output) && (hasAlpha || commands.some(opensTransparency));
  return isFlattened ? [...passes, { commands: [], reason: 'the format has no transparency' }] : passes;
}

/** The first pass, cut before the command that needs pixels as they are when a pass ends: in sRGB, upright, and all of them. */
function openingPasses(commands: Command[], image: PlannedImage): Pass[] {
  const reasons = commands.map((_, at) => whyNotFromFile(commands.slice(0, at + 1), image));
  const place = reasons.findIndex((reason) => reason !== undefined);
  const reason = reasons[place];
  if (reason === undefined) return [{ commands }];
  return [{ commands: commands.slice(0, place) }, { commands: commands.slice(place), reason }];
}

function whyNotFromFile(commands: Command[], image: PlannedImage): string | undefined {
  const command = commands.at(-1) as Command;
  // Opening an original turns it upright.
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
const uprightSize = ({ width, height, isOnItsSide }: Size & Pick<Original, 'isOnItsSide'>): Size =>
  isOnItsSide ? { width: height, height: width } : { width, height };

/** The size after a command that is applied to an original, whose orientation decides the size after autoOrient. */
export const sizeBehind = (command: Command, size: Size, original: Pick<Original, 'isOnItsSide'>): Size =>
  command.operation === 'autoOrient' ? uprightSize({ ...original, ...size }) : sizeAfter(command, size);

/** The autoOrient that a pass begins with, as a pass of its own. */
export const openingOf = ({ commands: [first] }: Pass): Pass[] =>
  first?.operation === 'autoOrient' ? [{ commands: [first] }] : [];

/** The pass without the autoOrient that it begins with, because opening an original turns it too. */
export const withoutOpening = (pass: Pass): Pass => ({
  ...pass,
  commands: pass.commands.slice(openingOf(pass).length),
});

/** Whether JPEG, WebP and SVG originals are decoded at a smaller size already, which a resize that comes first makes possible. */
export function shrinksOnLoad([first]: readonly Pass[]): boolean {
  const operations = first?.commands.map(({ operation }) => operation) ?? [];
  return operations.includes('resize') && !operations.some((operation) => operation === 'crop');
}
